// SPDX-License-Identifier: ISC
#include "auth/checkpassword.h"

#include <cstdio>
#include <fstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace {

using auth::CheckpasswordSource;
using base::Errc;

/// A program that is gone at the end.
class Program {
public:
    explicit Program(const std::string& script)
    {
        BOOST_REQUIRE(::mkdtemp(directory_.data()) != nullptr);
        path = directory_ + "/check";
        std::ofstream(path) << "#!/bin/sh\n" << script << '\n';
        BOOST_REQUIRE(::chmod(path.c_str(), 0755) == 0);
    }
    ~Program()
    {
        std::remove(path.c_str());
        ::rmdir(directory_.c_str());
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    std::string path;

private:
    std::string directory_ = "/tmp/avocet-checkpassword-XXXXXX";
};

/// As a program in a shell would have it: `ann` and `secret`, from one address.
constexpr const char* knows_ann = "given=$(tr '\\0' '/' <&3)\n"
                                  "[ \"$given\" = ann/secret// ] || exit 1\n"
                                  "[ \"$TCPREMOTEIP\" = 192.0.2.7 ] || exit 111\n"
                                  "USER=ann@example.org HOME=/home/ann exec \"$@\"";

Errc failure(const CheckpasswordSource& source, const char* user, const char* password,
             const char* address = "192.0.2.7")
{
    const auto entry = source.check(user, password, {address, "imap", {}});
    BOOST_REQUIRE(!entry);
    return entry.error().code;
}

} // namespace

BOOST_AUTO_TEST_SUITE(checkpassword)

BOOST_AUTO_TEST_CASE(the_program_says_who_somebody_is)
{
    const Program program(knows_ann);
    const CheckpasswordSource source(program.path);
    BOOST_TEST(source.complaints().empty());
    const auto entry = source.check("ann", "secret", {"192.0.2.7", "imap", {}});
    BOOST_REQUIRE(entry.has_value());
    BOOST_TEST(entry->user == "ann@example.org");
    BOOST_TEST(entry->home == "/home/ann");
    BOOST_TEST(entry->uid == std::to_string(::geteuid()));
    BOOST_TEST(entry->gid == std::to_string(::getegid()));
}

BOOST_AUTO_TEST_CASE(the_program_says_no)
{
    const Program program(knows_ann);
    const CheckpasswordSource source(program.path);
    BOOST_TEST((failure(source, "ann", "wrong") == Errc::Refused));
    BOOST_TEST((failure(source, "bob", "secret") == Errc::Refused));
    BOOST_TEST((failure(source, "ann", "") == Errc::Refused));
    BOOST_TEST((failure(source, "ann", "secret", "192.0.2.8") == Errc::Cannot)); // 111
}

BOOST_AUTO_TEST_CASE(input_has_the_bound_of_the_interface)
{
    const Program program("USER=$(tr '\\0' '\\n' <&3 | head -n 1) exec \"$@\"");
    const CheckpasswordSource source(program.path);
    const std::string longest(CheckpasswordSource::max_input - 6, 'x');
    BOOST_TEST(source.check("ann", longest, {}).has_value());
    BOOST_TEST((failure(source, "ann", (longest + "x").c_str()) == Errc::Refused));
}

BOOST_AUTO_TEST_CASE(a_program_that_does_something_else_is_a_fault)
{
    const Program silent("exit 0");
    BOOST_TEST((failure(CheckpasswordSource(silent.path), "a", "b") == Errc::Cannot));
    const Program odd("HOME=here exec \"$@\"");
    BOOST_TEST((failure(CheckpasswordSource(odd.path), "a", "b") == Errc::Cannot));
    const Program killed("kill -9 $$");
    BOOST_TEST((failure(CheckpasswordSource(killed.path), "a", "b") == Errc::Cannot));
    const CheckpasswordSource none("/nowhere/checkpassword");
    BOOST_TEST((failure(none, "a", "b") == Errc::Cannot));
    BOOST_TEST(none.complaints().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
