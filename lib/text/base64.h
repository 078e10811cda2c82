// SPDX-License-Identifier: ISC
/// \file
/// Base64 of whole strings, as SASL wants it. RFC 4648 §4.
///
/// Bodies of messages, with their line ends and their damage, are the business
/// of `mime::Decoder`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace text {

inline constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The value 0 … 63 of a digit of `base64_alphabet`, or -1. Neither `=` nor the
/// `,` of modified UTF-7 is one.
constexpr int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// `bytes` in base64, with padding and without line ends.
std::string base64_encode(std::string_view bytes);

/// The octets that `base64_encode` would turn into exactly `text`.
///
/// Errors: Syntax for anything else: white space, a length that is not a
/// multiple of four, padding elsewhere than at the end, bits set that the
/// padding says are not there.
base::Result<std::string> base64_decode(std::string_view text);

} // namespace text
