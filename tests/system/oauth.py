# SPDX-License-Identifier: ISC
"""OAUTHBEARER and XOAUTH2, with tokens that openssl(1) has signed and a key that it wrote."""

import base64
import json
import os
import subprocess
import time
import unittest

from server import USER, ServerTest, eventually


def encoded(octets):
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


class Oauth(ServerTest):
    def configure(self, site):
        site.make_folder()
        self.key = site.path("issuer.key")
        subprocess.run(
            ["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048",
             "-out", self.key],
            check=True, capture_output=True,
        )  # fmt: skip
        subprocess.run(
            ["openssl", "pkey", "-in", self.key, "-pubout", "-out", site.path("keys.pem")],
            check=True, capture_output=True,
        )  # fmt: skip
        site.config["auth"]["mechanisms"] = "OAUTHBEARER XOAUTH2 PLAIN"
        site.config["oauth"] = {
            "keys": site.path("keys.pem"),
            "issuer": "https://id.example/realms/mail",
            "user-claim": "preferred_username",
        }

    def token(self, **changes):
        claims = {
            "iss": "https://id.example/realms/mail",
            "aud": ["account", "imap"],
            "exp": int(time.time()) + 300,
            "preferred_username": USER,
        }
        claims.update(changes)
        header = encoded(json.dumps({"alg": "RS256", "typ": "JWT"}).encode())
        text = header + "." + encoded(json.dumps(claims).encode())
        signature = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", self.key],
            input=text.encode(), capture_output=True, check=True,
        ).stdout  # fmt: skip
        return text + "." + encoded(signature)

    def answers(self, token, user=USER):
        return {
            "OAUTHBEARER": f"n,a={user},\x01host=mail.example\x01port=143\x01"
            f"auth=Bearer {token}\x01\x01",
            "XOAUTH2": f"user={user}\x01auth=Bearer {token}\x01\x01",
        }

    def authenticate(self, mechanism, answer):
        """The error that the client is told, if it is, and the tagged line."""
        client = self.client(login=False)
        client.line(f"x AUTHENTICATE {mechanism} {base64.b64encode(answer.encode()).decode()}")
        response = client.next()
        if response.name != "+":
            return None, response
        error = json.loads(base64.b64decode(response.text))
        client.line("" if mechanism == "XOAUTH2" else "AQ==")
        return error, client.next()

    def test_a_token_lets_in(self):
        for mechanism, answer in self.answers(self.token()).items():
            with self.subTest(mechanism=mechanism):
                error, done = self.authenticate(mechanism, answer)
                self.assertEqual((error, done.tag, done.name), (None, "x", "OK"))
        self.assertRegex(self.server.log_text(), "user=ann method=OAUTHBEARER")

    def test_a_token_that_is_not_good_enough_does_not(self):
        expired = self.token(exp=int(time.time()) - 300)
        for token in (expired, self.token(iss="https://id.example"), self.token(aud="web"),
                      self.token(preferred_username="bob"), expired[:-8] + "AAAAAAAA"):  # fmt: skip
            error, done = self.authenticate("OAUTHBEARER", self.answers(token)["OAUTHBEARER"])
            self.assertEqual(error["status"], "invalid_token")
            self.assertEqual((done.tag, done.name), ("x", "NO"))
        error, done = self.authenticate("XOAUTH2", self.answers(expired)["XOAUTH2"])
        self.assertEqual(error["status"], "401")
        self.assertEqual(done.name, "NO")
        eventually(lambda: "token: expired" in self.server.log_text(), "the log says why")
        self.assertNotIn(expired.split(".")[1], self.server.log_text())

    def test_a_token_for_somebody_else(self):
        error, done = self.authenticate(
            "OAUTHBEARER", self.answers(self.token(), "eve")["OAUTHBEARER"]
        )
        self.assertEqual((error["status"], done.name), ("invalid_token", "NO"))

    def test_what_is_no_answer_at_all(self):
        for answer in ("", "n,,", "n,,\x01auth=Bearer \x01\x01", "n,,\x01auth=Basic x\x01\x01",
                       "p=x,,\x01auth=Bearer x\x01\x01", "n,\x01auth=Bearer x\x01\x01"):  # fmt: skip
            client = self.client(login=False)
            text = base64.b64encode(answer.encode()).decode() or "="
            client.command(f"AUTHENTICATE OAUTHBEARER {text}").expect("BAD")

    def test_keys_that_are_not_there_are_the_servers_fault(self):
        os.remove(self.site.path("keys.pem"))
        error, done = self.authenticate("XOAUTH2", self.answers(self.token())["XOAUTH2"])
        self.assertEqual((error, done.name, done.code), (None, "NO", "UNAVAILABLE"))


if __name__ == "__main__":
    unittest.main()
