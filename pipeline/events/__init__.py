"""From mentions to event records: anchors are typed, arguments linked, mentions of one occurrence joined."""
