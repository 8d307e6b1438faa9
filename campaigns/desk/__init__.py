"""The desk's pages about campaigns and money: they translate HTTP to the rules and back."""
