// SPDX-License-Identifier: ISC
#include "deliver/archives.h"

#include <string>

#include <boost/test/unit_test.hpp>

namespace {

/// "name=octets;" of each member.
std::string listed(std::string_view archive, std::size_t most = 100)
{
    const auto library = deliver::ArchiveLibrary::load();
    std::string text;
    if (library)
        library->list(archive, [&](std::string_view name, std::string_view octets) {
            text += std::string(name) + '=' + std::string(octets) + ';';
            return --most > 0;
        });
    return text;
}

/// An entry of an ar(1) archive, the one whose headers can be read.
std::string entry(const std::string& name, const std::string& octets)
{
    const auto padded = [](std::string text, std::size_t width) {
        text.resize(width, ' ');
        return text;
    };
    return padded(name + '/', 16) + padded("0", 12) + padded("0", 6) + padded("0", 6) +
           padded("100644", 8) + padded(std::to_string(octets.size()), 10) + "`\n" +
           octets + (octets.size() % 2 != 0 ? "\n" : "");
}

} // namespace

BOOST_AUTO_TEST_SUITE(archives)

BOOST_AUTO_TEST_CASE(which_types_are_archives)
{
    for (const char* const type :
         {"application/zip", "application/gzip", "application/x-7z-compressed"})
        BOOST_TEST(deliver::is_archive(type));
    for (const char* const type :
         {"", "text/plain", "application/pdf", "application/zip2",
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document"})
        BOOST_TEST(!deliver::is_archive(type));
}

BOOST_AUTO_TEST_CASE(names_of_programs)
{
    for (const char* const name :
         {"a.exe", "A.EXE", "a.txt.scr", "dir/.exe", "a.exe. ."})
        BOOST_TEST(deliver::type_by_name(name) ==
                   "application/vnd.microsoft.portable-executable");
    BOOST_TEST(deliver::type_by_name("x.vbs") == "text/vbscript");
    for (const char* const name : {"", ".", "exe", "a.exe.txt", "a.exe/b", "a.ex"})
        BOOST_TEST(deliver::type_by_name(name) == "");
}

BOOST_AUTO_TEST_CASE(members_by_name_and_first_octets)
{
    if (!deliver::ArchiveLibrary::load())
        return;
    const std::string long_one(deliver::archive_member_octets + 1, 'x');
    const std::string whole =
        "!<arch>\n" + entry("a", "first") + entry("b", "") + entry("c", long_one);
    BOOST_TEST((listed(whole) == "a=first;b=;c=" + long_one.substr(1) + ';'));
    BOOST_TEST(listed(whole, 1) == "a=first;");
    BOOST_TEST(listed(std::string_view(whole).substr(0, 90)) == "a=first;");
}

BOOST_AUTO_TEST_CASE(what_is_no_archive_has_no_members)
{
    for (const std::string& octets :
         {std::string(), std::string("x"), std::string(5000, '\0'),
          std::string("PK\3\4"), std::string("!<arch>\n"), std::string("\x1f\x8b\x08"),
          std::string("%PDF-1.4\n")})
        BOOST_TEST(listed(octets) == "");
}

BOOST_AUTO_TEST_SUITE_END()
