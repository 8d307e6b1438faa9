"""Tax receipts: `rules` (pure), `kept` (what the ledger says of a gift), `numbering`, `issuing`,
`settling` (receipts follow the ledger), `correcting` (what staff do), `yearly`, `letters`,
`drawing`, `verifying`."""
