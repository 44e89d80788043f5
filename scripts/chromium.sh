#!/bin/sh
# Sees to it that the browser tests find Chromium: installs it with apt where that is possible, else says what to do.
set -u
for name in chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null; then exit 0; fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests."
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium >/dev/null && exit 0
fi
echo "Chromium is not installed: the browser tests will be skipped. To run them: sudo apt install chromium"
