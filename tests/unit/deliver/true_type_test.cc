// SPDX-License-Identifier: ISC
#include "deliver/true_type.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <dlfcn.h>
#include <fcntl.h>

#include "../maildir/temporary.h"

namespace {

/// With `|` between them; "!" if they cannot be known.
std::string types_of(std::string_view message)
{
    const maildir_test::Temporary directory;
    directory.write("message", message);
    const auto file = io::open_at(directory.fd(), "message", O_RDONLY).value();
    const auto types = deliver::true_types(file.get());
    if (!types)
        return "!";
    std::string text;
    for (const auto& type : *types)
        text += (text.empty() ? "" : "|") + type;
    return text;
}

bool has_magic()
{
    return ::dlopen("libmagic.so.1", RTLD_NOW) != nullptr;
}

/// libmagic calls it by its registered name since 5.44.
bool is_windows_executable(const std::string& type)
{
    return type == "application/vnd.microsoft.portable-executable" ||
           type == "application/x-dosexec";
}

/// An executable of Windows, so small that it only looks like one.
constexpr const char* executable_in_base64 =
    "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
    "AAAAgAAAAA4fug4AtAnNIbgBTM0hVGhpcyBwcm9ncmFtIGNhbm5vdCBiZSBydW4gaW4gRE9TIG1v\n"
    "ZGUuDQ0KJAAAAAAAAABQRQAATAEAAAAAAAAAAAAAAAAAAOAAAgELAQ==\n";

} // namespace

BOOST_AUTO_TEST_SUITE(true_type)

BOOST_AUTO_TEST_CASE(types_are_what_the_octets_say)
{
    if (!has_magic()) {
        BOOST_TEST(types_of("A: 1\n\nx\n") == "!");
        return;
    }
    BOOST_TEST(types_of("A: 1\n\nwords of text\n") == "text/plain");
    BOOST_TEST(is_windows_executable(types_of("Content-Type: text/plain; name=a.txt\n"
                                              "Content-Transfer-Encoding: base64\n\n" +
                                              std::string(executable_in_base64))));
    BOOST_TEST(types_of("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n"
                        "--b\nContent-Type: image/jpeg\n\n%PDF-1.4\n%\n--b--\n") ==
               "text/plain|application/pdf");
}

BOOST_AUTO_TEST_CASE(any_input_is_survived)
{
    const std::string nuls(5000, '\0');
    for (const std::string& message :
         {std::string(), std::string("\n"), nuls,
          "Content-Type: multipart/mixed; boundary=b\n\n" + nuls,
          "Content-Transfer-Encoding: base64\n\n" + std::string(200'000, 'A')})
        types_of(message);
}

BOOST_AUTO_TEST_SUITE_END()
