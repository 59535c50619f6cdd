"""What no article needs: advertising, teasers, greetings, what a show says of itself."""
