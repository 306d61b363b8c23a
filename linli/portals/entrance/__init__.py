"""The entrance: signing in, and My account (password, second factor, passkeys, where one is signed in)."""
