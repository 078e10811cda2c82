// SPDX-License-Identifier: ISC
#include "session/names.h"

#include <ostream>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

using imapd::Names;

struct Case {
    char separator;
    const char* wire;
    const char* folder; ///< null: refused
    friend std::ostream& operator<<(std::ostream& out, const Case& c)
    {
        return out << c.wire << " with " << c.separator;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(names)

const Case cases[] = {
    {'.', "INBOX", ""},
    {'.', "iNbOx", ""},
    {'.', "Work", "Work"},
    {'.', "Work.Now", "Work.Now"},
    {'.', "INBOX.A", "INBOX.A"}, // as with Dovecot: `.INBOX.A`
    {'/', "Work/Now", "Work.Now"},
    {'/', "Work.Now", nullptr}, // would be two levels on disk
    {'.', "Gr&APwA3w-e", "Gr&APwA3w-e"},
    {'.', "Gr&APw", nullptr}, // not modified UTF-7
    {'.', "", nullptr},
    {'.', ".", nullptr},
    {'.', ".A", nullptr},
    {'.', "A.", nullptr},
    {'.', "A..B", nullptr},
    {'/', "A//B", nullptr},
    {'/', "/A", nullptr},
    {'.', "..", nullptr},
    {'.', "../etc", nullptr},
    {'.', "a/b", nullptr},
};

BOOST_DATA_TEST_CASE(there_and_back, cases)
{
    const Names names(sample.separator);
    const auto folder = names.folder(sample.wire);
    BOOST_REQUIRE(folder.has_value() == (sample.folder != nullptr));
    if (!folder)
        return;
    BOOST_TEST(*folder == sample.folder);
    BOOST_TEST(names.wire(*folder) ==
               (folder->empty() ? std::string("INBOX") : std::string(sample.wire)));
}

BOOST_AUTO_TEST_CASE(new_names_in_utf8_are_net_unicode)
{
    const Names names('.', Names::Form::Utf8);
    const auto is_new = [&](std::string_view wire) {
        return names.new_folder(wire).has_value();
    };
    BOOST_TEST(is_new("Gr\xC3\xBC\xC3\x9F"
                      "e"));
    BOOST_TEST(is_new("\xC2\xA0"));      // U+00A0, the first beyond the C1 controls
    BOOST_TEST(!is_new("a\xC2\x85"));    // U+0085
    BOOST_TEST(!is_new("\xC2\x9F"));     // U+009F
    BOOST_TEST(!is_new("\xE2\x80\xA8")); // U+2028
    BOOST_TEST(!is_new("\xE2\x80\xA9")); // U+2029
    BOOST_TEST(!is_new("e\xCC\x81"));    // not normal form C
}

BOOST_AUTO_TEST_SUITE_END()
