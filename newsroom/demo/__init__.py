"""The demo newsroom: an invented place with real stories, gifts and mistakes, made only through
the functions the site itself uses."""

# The three people to sign in as; each gets a code by mail, read at `/demo/mail/`.
READER = "reader@waylight.example"
EDITOR = "editor@waylight.example"
STAFF = "staff@waylight.example"
# What the site calls the reader, who also gave twice.
READER_NAME = "Wren Halloran"
