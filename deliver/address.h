// SPDX-License-Identifier: ISC
/// \file
/// Addresses with an extension: `user+extension@domain`. RFC 5233 calls the parts
/// user and detail.
#pragma once

#include <string>
#include <string_view>

namespace deliver {

/// An address without its extension, and the extension: empty if there is none.
struct Address {
    std::string plain;
    std::string extension;
};

/// `address` (with a domain or without), cut at the first of `delimiters` in its local
/// part. One that begins the local part begins no extension, and one that ends it makes
/// an empty one, as in Postfix.
Address split_extension(std::string_view address, std::string_view delimiters);

} // namespace deliver
