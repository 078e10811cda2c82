// SPDX-License-Identifier: ISC
#include "auth/pam.h"

#include <cstdio>
#include <fstream>
#include <functional>
#include <ostream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using auth::PamSource;
using base::Errc;

/// A directory with one service, `t`, that is gone at the end.
class Service {
public:
    /// `stack` gives the service's file, for a directory.
    explicit Service(const std::function<std::string(const std::string&)>& stack)
    {
        BOOST_REQUIRE(::mkdtemp(path.data()) != nullptr);
        std::ofstream(path + "/t") << stack(path);
        std::ofstream(path + "/check") << "#!/bin/sh\n"
                                          "[ \"$(tr -d '\\0')\" = secret ] && "
                                          "[ \"$PAM_RHOST\" = 192.0.2.7 ]\n";
        BOOST_REQUIRE(::chmod((path + "/check").c_str(), 0755) == 0);
    }
    ~Service()
    {
        std::remove((path + "/t").c_str());
        std::remove((path + "/check").c_str());
        ::rmdir(path.c_str());
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    std::string path = "/tmp/avocet-pam-XXXXXX";
};

struct Case {
    const char* stack;
    const char* expected; ///< the error's name, or the user
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.stack;
    }
};

auth::Circumstances here()
{
    return {"192.0.2.7", "imap", {}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(pam)

const Case cases[] = {
    {"auth required pam_permit.so\naccount required pam_permit.so\n"
     "session required pam_permit.so\n",
     "ann"},
    {"auth required pam_deny.so\naccount required pam_permit.so\n"
     "session required pam_permit.so\n",
     "refused"},
    {"auth required pam_permit.so\naccount required pam_debug.so acct=acct_expired\n"
     "session required pam_permit.so\n",
     "refused"},
    {"auth required pam_permit.so\n"
     "account required pam_debug.so acct=new_authtok_reqd\n"
     "session required pam_permit.so\n",
     "refused"},
    {"auth required pam_debug.so auth=user_unknown\naccount required pam_permit.so\n"
     "session required pam_permit.so\n",
     "refused"},
    {"auth required pam_debug.so auth=authinfo_unavail\n"
     "account required pam_permit.so\nsession required pam_permit.so\n",
     "cannot"},
    {"auth required pam_permit.so\naccount required pam_permit.so\n"
     "session required pam_deny.so\n",
     "cannot"},
    {"auth required pam_no_such_module.so\naccount required pam_permit.so\n"
     "session required pam_permit.so\n",
     "cannot"},
};

BOOST_DATA_TEST_CASE(says_what_the_service_says, cases)
{
    const Service service([&](const std::string&) { return sample.stack; });
    const PamSource source("t", service.path);
    const auto entry = source.check("ann", "secret", here());
    const std::string told =
        entry ? entry->user : std::string(base::name_of(entry.error().code));
    BOOST_TEST(told == sample.expected);
}

BOOST_AUTO_TEST_CASE(the_service_hears_password_and_address)
{
    const Service service([](const std::string& path) {
        return "auth [success=1 default=ignore] pam_exec.so expose_authtok quiet " +
               path +
               "/check\nauth requisite pam_deny.so\nauth required pam_permit.so\n"
               "account required pam_permit.so\n"
               "session required pam_permit.so\n";
    });
    const PamSource source("t", service.path);
    BOOST_TEST(source.check("ann", "secret", here()).has_value());
    BOOST_TEST((source.check("ann", "wrong", here()).error().code == Errc::Refused));
    BOOST_TEST((source.check("ann", "", here()).error().code == Errc::Refused));
    BOOST_TEST((source.check("ann", "secret", {}).error().code == Errc::Refused));
}

BOOST_AUTO_TEST_CASE(complains_where_there_is_no_such_service)
{
    const Service service([](const std::string&) { return std::string(); });
    BOOST_TEST(PamSource("t", service.path).complaints().empty());
    BOOST_TEST(PamSource("u", service.path).complaints().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
