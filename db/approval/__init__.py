"""Who may decide, as a rule over facts: it reads no record and no clock (`db.approval.rule`)."""
