// SPDX-License-Identifier: ISC
#include "config/key.h"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "config/refused_settings.h"

// That every key is read and written: settings_test.cc.
BOOST_AUTO_TEST_SUITE(server_keys)

const RefusedSettings refused[] = {
    {"[imapd]\nlisten = 1.2.3.4\n", "f:2: [imapd] listen: \"1.2.3.4\" has no port"},
    {"[imapd]\nlisten = 1.2.3.4:1 x:2\n", "f:2: [imapd] listen: \"x:2\" has no IPv4"},
    {"[imapd]\nliterals = maybe\n",
     "f:2: [imapd] literals: \"maybe\" is not known; write plus or minus"},
    {"[imapd]\nhostname = a b\n", "f:2: [imapd] hostname: \"a b\" is not a name"},
    {"[imapd]\ncapability-disable = IDLE (x)\n",
     "f:2: [imapd] capability-disable: \"(x)\" is not a capability"},
    {"[imapd]\ncapability-disable = logindisabled\n",
     "f:2: [imapd] capability-disable: \"logindisabled\" is needed by every client"},
    {"[tls]\ncertificate = cert.pem\n",
     "f:2: [tls] certificate: \"cert.pem\" is not "
     "absolute; write a path that begins with \"/\""},
    {"[login]\ncleartext = yes\n",
     "f:2: [login] cleartext: \"yes\" is not known; write "
     "never, loopback or always"},
    {"[login]\ncleartext =\n", "f:2: [login] cleartext: \"\" is not known"},
    {"[login]\nuser =\n", "f:2: [login] user: is empty; write the name of a user"},
    {"[auth]\npasswd-file = users\n", "f:2: [auth] passwd-file: \"users\" is not abs"},
};

BOOST_DATA_TEST_CASE(refuses_with_line_key_and_what_is_right, refused)
{
    sample.check();
}

BOOST_AUTO_TEST_SUITE_END()
