"""Folders on a server: FTP, FTPS, SFTP, SMB, each mirrored by a folder here (docs/folders.md)."""
