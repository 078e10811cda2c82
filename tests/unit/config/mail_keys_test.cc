// SPDX-License-Identifier: ISC
#include "config/key.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "config/refused_settings.h"

// That every key is read and written: settings_test.cc.
BOOST_AUTO_TEST_SUITE(mail_keys)

const RefusedSettings refused[] = {
    {"[mail]\nlocation =\n", "f:2: [mail] location: is empty"},
    {"[mail]\nlocation = Maildir\n",
     "f:2: [mail] location: \"Maildir\" is not absolute"},
    {"[mail]\nlocation = ~ann/Maildir\n",
     "f:2: [mail] location: \"~ann/Maildir\" is not"},
    {"[mail]\nlocation = /m/%x\n",
     "f:2: [mail] location: \"%x\" is no variable; write"},
    {"[mail]\nlocation = /m/%\n", "f:2: [mail] location: \"%\" is no variable"},
    {"[mail]\nlocation = /m/%%%\n", "f:2: [mail] location: \"%\" is no variable"},
    {"[mail]\nseparator = :\n",
     "f:2: [mail] separator: \":\" cannot be one; write . or /"},
    {"[mail]\nseparator = ..\n", "f:2: [mail] separator: \"..\" cannot be one"},
    {"[mailboxes]\nsent = S*\n",
     "f:2: [mailboxes] sent: \"S*\" cannot be a mailbox; write a name such as Sent"},
    {"[mailboxes]\nsent = a//b\n", "f:2: [mailboxes] sent: \"a//b\" cannot be"},
    {"[mailboxes]\nsent = a/\n", "f:2: [mailboxes] sent: \"a/\" cannot be"},
    {"[mailboxes]\nsent = .a\n", "f:2: [mailboxes] sent: \".a\" cannot be"},
    {"[mailboxes]\nsent = a\tb\n", "f:2: [mailboxes] sent: \"a\tb\" cannot be"},
    {"[mailboxes]\ntrash = inbox\n", "f:2: [mailboxes] trash: INBOX has no other"},
    {"[index]\ndirectory = index\n",
     "f:2: [index] directory: \"index\" is not absolute"},
    {"[mail]\nlinked = srv\n",
     "f:2: [mail] linked: \"srv\" is not absolute; write a path that begins with "
     "\"/\""},
    {"[mail]\nattachment-keywords = on\n",
     "f:2: [mail] attachment-keywords: \"on\" is not known; write yes or no"},
    {"[limits]\nsession-memory = 63M\n",
     "f:2: [limits] session-memory: \"63M\" is too little; write 0 (no bound), or at "
     "least 64M"},
    {"[limits]\nconnections-per-user = 0\n",
     "f:2: [limits] connections-per-user: \"0\" is "
     "too small; write a number, from 1 to 1000000"},
    {"[limits]\nliteral = 5G\n", "f:2: [limits] literal: \"5G\" is too large"},
    {"[limits]\nliteral = many\n", "f:2: [limits] literal: \"many\" cannot be read"},
    {"[limits]\nlogin-time = 0\n",
     "f:2: [limits] login-time: \"0\" is too small; write a "
     "time such as 90s, 30m or 1h, from 1s to 1d"},
    {"[limits]\nidle-time = 1y\n", "f:2: [limits] idle-time: \"1y\" cannot be read"},
    {"[limits]\ntrusted = 192.0.2.0/33\n",
     "f:2: [limits] trusted: not a network: 192.0.2.0/33; write such as"},
    {"[limits]\nipv6-prefix = 129\n",
     "f:2: [limits] ipv6-prefix: \"129\" is too large; write a number, from 1 to 128"},
    {"[limits]\ncommand = 1K\n", "f:2: [limits] command: \"1K\" is too small"},
    {"[limits]\nmailboxes = 9\n", "f:2: [limits] mailboxes: \"9\" is too small"},
    {"[limits]\nfailure-delay = 2h\n",
     "f:2: [limits] failure-delay: \"2h\" is too large"},
};

BOOST_DATA_TEST_CASE(refuses_with_line_key_and_what_is_right, refused)
{
    sample.check();
}

BOOST_AUTO_TEST_SUITE_END()
