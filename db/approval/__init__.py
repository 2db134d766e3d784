"""The approver rule (`db.approval.rule`): from facts alone, it reads neither the record nor the clock."""
