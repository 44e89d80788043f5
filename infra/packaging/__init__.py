"""A package of the Lambda functions, made of what is installed here: ``python -m infra.packaging --help``."""
