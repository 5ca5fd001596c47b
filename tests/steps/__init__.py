"""Steps that the features share: a small vocabulary for officials, written against commands."""
