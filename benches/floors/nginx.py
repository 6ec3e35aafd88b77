"""nginx over a folder, tuned as it is for static files: the limit for published pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benches.ground import Server, free_port, need, serving

_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {place}/nginx.pid;
error_log {place}/error.log;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; text/plain txt; application/json json; application/atom+xml atom; }}
  charset utf-8;
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=1000;
  open_file_cache_valid 60s;
  gzip_static {compressed};
  client_body_temp_path {place}/body;
  proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi;
  scgi_temp_path {place}/scgi;
  server {{
    listen 127.0.0.1:{port} reuseport;
    root {root};
    index index.html;
  }}
}}
"""


@contextmanager
def nginx(root: Path, place: Path, *, path: str = "/", compressed: bool = False) -> Iterator[Server]:
    """Serve `root`; `place` keeps its own files."""
    need("nginx")
    port = free_port()
    place.mkdir(parents=True, exist_ok=True)
    user = "user root;" if os.geteuid() == 0 else ""
    config = place / "nginx.conf"
    switch = "on" if compressed else "off"
    config.write_text(_CONFIG.format(user=user, place=place, port=port, root=root, compressed=switch))
    command = ["nginx", "-e", str(place / "error.log"), "-c", str(config), "-p", str(place)]
    with serving(command, port, path=path) as server:
        yield server
