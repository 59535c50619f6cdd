"""What a site offers and refuses: yt-dlp behind its one door."""
