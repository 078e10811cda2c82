// SPDX-License-Identifier: ISC
#include "text/charset.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <dlfcn.h>
#include <iconv.h>

#include "text/ascii.h"
#include "text/utf8.h"

namespace text {
namespace {

/// Letters, digits and what IANA's names have between them. `/` would let a
/// message give options to iconv.
bool is_charset_name(std::string_view name)
{
    const auto fits = [](char c) {
        return is_alnum(c) ||
               std::string_view("-_.:+()").find(c) != std::string_view::npos;
    };
    return !name.empty() && name.size() <= max_charset_name &&
           std::all_of(name.begin(), name.end(), fits);
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names)
{
    return std::any_of(names.begin(), names.end(), [name](std::string_view other) {
        return equal_ignoring_case(name, other);
    });
}

std::string latin1_to_utf8(std::string_view bytes)
{
    std::string out;
    out.reserve(bytes.size());
    for (const char c : bytes)
        append_code_point(out, static_cast<unsigned char>(c));
    return out;
}

} // namespace

/// Owns a descriptor of iconv(3).
class Converter::Iconv {
public:
    explicit Iconv(iconv_t descriptor) : descriptor_(descriptor) {}
    Iconv(const Iconv&) = delete;
    Iconv& operator=(const Iconv&) = delete;
    ~Iconv() { ::iconv_close(descriptor_); }

    std::string convert(std::string_view bytes)
    {
        ::iconv(descriptor_, nullptr, nullptr, nullptr, nullptr);
        std::string out;
        out.reserve(bytes.size());
        char* in = const_cast<char*>(bytes.data()); // iconv only reads it
        std::size_t left = bytes.size();
        while (left > 0 && !step(out, &in, &left)) {
            // An octet that is no character, or the front of one cut off.
            out += replacement_utf8;
            ++in;
            --left;
        }
        step(out, nullptr, nullptr);
        return valid_utf8(out) ? out : repair_utf8(out);
    }

private:
    /// Converts as far as it goes; whether that was to the end.
    bool step(std::string& out, char** in, std::size_t* left)
    {
        std::array<char, 4096> buffer;
        for (;;) {
            char* to = buffer.data();
            std::size_t room = buffer.size();
            const std::size_t before = left == nullptr ? 0 : *left;
            const std::size_t rc = ::iconv(descriptor_, in, left, &to, &room);
            const int error = rc == static_cast<std::size_t>(-1) ? errno : 0;
            const std::size_t made = buffer.size() - room;
            out.append(buffer.data(), made);
            if (error != E2BIG)
                return error == 0;
            if (made == 0 && (left == nullptr || *left == before))
                return false; // no progress: never seen, but it must not hang us
        }
    }

    iconv_t descriptor_;
};

Converter::Converter(Kind kind, std::unique_ptr<Iconv> iconv)
    : kind_(kind), iconv_(std::move(iconv))
{
}
Converter::Converter(Converter&&) noexcept = default;
Converter& Converter::operator=(Converter&&) noexcept = default;
Converter::~Converter() = default;

base::Result<Converter> Converter::open(std::string_view charset)
{
    if (is_one_of(charset, {"utf-8", "utf8", "us-ascii", "ascii", "ansi_x3.4-1968"}))
        return Converter(Kind::Utf8, nullptr);
    if (is_one_of(charset, {"iso-8859-1", "iso_8859-1", "latin1"}))
        return Converter(Kind::Latin1, nullptr);
    if (is_charset_name(charset)) {
        const iconv_t descriptor = ::iconv_open("UTF-8", std::string(charset).c_str());
        // The way iconv_open(3) says "none".
        if (descriptor != reinterpret_cast<iconv_t>(-1))
            return Converter(Kind::Iconv, std::make_unique<Iconv>(descriptor));
    }
    return base::Error{base::Errc::Unsupported, "unknown charset"};
}

std::string Converter::convert(std::string_view bytes)
{
    if (kind_ == Kind::Utf8)
        return repair_utf8(bytes);
    if (kind_ == Kind::Latin1)
        return latin1_to_utf8(bytes);
    return iconv_->convert(bytes);
}

std::string converter_directory()
{
    // Beside the C library itself, wherever the system has put that.
    Dl_info library = {};
    if (::dladdr(reinterpret_cast<const void*>(&::iconv_open), &library) == 0)
        return {};
    const std::string_view path(library.dli_fname);
    return std::string(path.substr(0, path.rfind('/') + 1)) + "gconv";
}

bool charset_is_known(std::string_view charset)
{
    return Converter::open(charset).has_value();
}

base::Result<std::string> to_utf8(std::string_view charset, std::string_view bytes)
{
    auto converter = Converter::open(charset);
    if (!converter)
        return converter.error();
    return converter->convert(bytes);
}

} // namespace text
