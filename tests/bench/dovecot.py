# SPDX-License-Identifier: ISC
"""Debian's Dovecot with a configuration of its own in a temporary directory, to compare
with. It needs root and dovecot-imapd."""

import os
import shutil
import subprocess

from imap_client import ImapClient
from server import USER, Server, Site, eventually

LDA = "/usr/lib/dovecot/dovecot-lda"
CONFIG = """\
base_dir = {top}/run
state_dir = {top}/state
log_path = {top}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain
mail_location = maildir:{maildir}
mail_max_userip_connections = {connections}
mail_fsync = optimized
first_valid_uid = 1
login_trusted_networks =
default_client_limit = 4000
default_process_limit = {processes}
passdb {{
  driver = passwd-file
  args = {top}/users
}}
userdb {{
  driver = passwd-file
  args = {top}/users
}}
namespace inbox {{
  inbox = yes
  separator = .
}}
service imap-login {{
  service_count = 0
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
    ssl = yes
  }}
}}
service imap {{
  process_limit = {processes}
}}
"""


def why_not():
    if not shutil.which("dovecot"):
        return "Dovecot is not installed"
    if os.getuid() != 0:
        return "Dovecot needs root"
    return None


class Dovecot(Site):
    """A Site (its ports, paths, users) that Dovecot serves."""

    password = "secret"

    def __init__(self, connections=64):
        super().__init__()
        self.add_user(USER, self.password)
        os.chmod(self.path("users"), 0o644)  # dovecot-auth reads it as its own user
        self.make_folder()
        self.config_path = self.path("dovecot.conf")
        with open(self.config_path, "w", encoding="utf-8") as file:
            file.write(
                CONFIG.format(
                    top=self.directory,
                    certificate=self.certificate,
                    key=self.key,
                    maildir=self.maildir(),
                    port=self.port,
                    tls_port=self.tls_port,
                    connections=connections,
                    processes=connections + 50,
                )
            )
        self.process = subprocess.Popen(
            ["dovecot", "-F", "-c", self.config_path], start_new_session=True
        )

    def __enter__(self):
        eventually(self.answers, "Dovecot answers", 30)
        return self

    def answers(self):
        try:
            ImapClient.tcp("127.0.0.1", self.port).close()
            return True
        except OSError:
            return False

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        self.remove()

    def lda(self):
        return [LDA, "-c", self.config_path, "-d", USER]

    def family(self):
        return Server.family(self)
