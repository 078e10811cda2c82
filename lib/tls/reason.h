// SPDX-License-Identifier: ISC
#pragma once

#include <string>

#include <openssl/err.h>

namespace tls {

/// The oldest reason in OpenSSL's queue, in words; the queue is empty afterwards.
inline std::string reason()
{
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* const text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text == nullptr ? "unknown reason" : text;
}

} // namespace tls
