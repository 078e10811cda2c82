// SPDX-License-Identifier: ISC
/// \file
/// Text in any character set the C library knows, as UTF-8.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace text {

/// Names longer than this, in octets, are unknown without asking.
inline constexpr std::size_t max_charset_name = 64;

/// Turns text of one charset into UTF-8. Worth keeping where many texts of one
/// charset are to be converted: to open one may load a module of the C library.
///
/// UTF-8, US-ASCII and ISO-8859-1 need nothing from the C library, and so work in
/// an empty root.
class Converter {
public:
    /// `charset` is an IANA name or alias, of any case.
    ///
    /// Errors: Unsupported for a charset that is not known.
    static base::Result<Converter> open(std::string_view charset);

    /// `bytes`, a whole text, in UTF-8. What cannot be decoded becomes one U+FFFD
    /// for each octet; so the result is always valid UTF-8. US-ASCII is taken for
    /// UTF-8 when octets past 0x7F stand in it: mailers that lie about it mostly
    /// mean that.
    std::string convert(std::string_view bytes);

    Converter(Converter&&) noexcept;
    Converter& operator=(Converter&&) noexcept;
    ~Converter();

private:
    class Iconv;
    enum class Kind { Utf8, Latin1, Iconv };
    Converter(Kind kind, std::unique_ptr<Iconv> iconv);

    Kind kind_;
    std::unique_ptr<Iconv> iconv_;
};

/// Where the C library keeps its modules for charsets, which it loads when one is
/// needed: for a process that shuts itself in. Empty if that cannot be found out.
std::string converter_directory();

/// Whether `Converter::open` knows this name.
bool charset_is_known(std::string_view charset);

/// `Converter::open` and `convert` in one.
///
/// Errors: Unsupported for a charset that is not known.
base::Result<std::string> to_utf8(std::string_view charset, std::string_view bytes);

} // namespace text
