"""What runs on Amazon's services: functions, and what describes the stack that they are part of."""
