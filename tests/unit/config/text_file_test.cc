// SPDX-License-Identifier: ISC
#include "config/text_file.h"

#include <cstdio>
#include <string>

#include <unistd.h>

#include <boost/test/unit_test.hpp>

namespace {

/// A file with `content`, gone at the end.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& content)
    {
        const int fd = ::mkstemp(path.data());
        BOOST_REQUIRE(fd >= 0);
        BOOST_REQUIRE(::write(fd, content.data(), content.size()) ==
                      static_cast<ssize_t>(content.size()));
        ::close(fd);
    }
    ~TemporaryFile() { ::unlink(path.c_str()); }
    std::string path = "/tmp/avocet-test-XXXXXX";
};

} // namespace

BOOST_AUTO_TEST_SUITE(text_file)

BOOST_AUTO_TEST_CASE(reads_up_to_the_limit_and_not_beyond)
{
    const std::string content(40000, 'x');
    const TemporaryFile file(content);
    const auto whole = config::read_text_file(file.path, 40000);
    BOOST_REQUIRE(whole.has_value());
    BOOST_TEST((*whole == content));
    const auto cut = config::read_text_file(file.path, 39999);
    BOOST_REQUIRE(!cut);
    BOOST_TEST((cut.error().code == base::Errc::Limit));
}

BOOST_AUTO_TEST_CASE(an_empty_file_is_empty)
{
    const TemporaryFile file("");
    BOOST_TEST(config::read_text_file(file.path, 0).value().empty());
}

BOOST_AUTO_TEST_CASE(says_why_it_cannot)
{
    const auto missing = config::read_text_file("/nowhere/at/all", 10);
    BOOST_REQUIRE(!missing);
    BOOST_TEST((missing.error().code == base::Errc::NotFound));
    BOOST_TEST(missing.error().text.find("/nowhere/at/all") != std::string::npos);
    const auto directory = config::read_text_file("/tmp", 10);
    BOOST_REQUIRE(!directory);
    BOOST_TEST((directory.error().code == base::Errc::Cannot));
}

BOOST_AUTO_TEST_SUITE_END()
