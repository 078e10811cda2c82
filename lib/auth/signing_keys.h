// SPDX-License-Identifier: ISC
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct evp_pkey_st;

namespace auth {

/// Public keys that tokens are signed with: RSA for RS256, and P-256 for ES256 (RFC
/// 7518 §3.3, §3.4).
class SigningKeys {
public:
    static constexpr std::size_t max_size = 1024 * 1024; ///< of the file, octets
    static constexpr std::size_t max_keys = 64;
    /// A smaller RSA key is refused (RFC 7518 §3.3). Unit: bits.
    static constexpr int min_rsa_bits = 2048;

    /// Reads the file at `path`: public keys in PEM, or a key set (RFC 7517 §5), of
    /// which keys of other kinds and for other uses are left out. Errors: those of
    /// `config::read_text_file`; Syntax if there is no key in it.
    static base::Result<SigningKeys> load(const std::string& path);
    static base::Result<SigningKeys> parse(std::string_view text);

    enum class Algorithm { Rs256, Es256 };

    /// Whether one of them has made `signature` of `text`; only those of that name, if
    /// `id` is not empty and some have it.
    bool verify(Algorithm algorithm, std::string_view id, std::string_view text,
                std::string_view signature) const;

private:
    struct Free {
        void operator()(evp_pkey_st* key) const;
    };
    struct Key {
        std::string id; ///< empty: it has none
        Algorithm algorithm;
        std::unique_ptr<evp_pkey_st, Free> key;
    };

    base::Status add_pem(std::string_view text);
    base::Status add_set(std::string_view text);
    void add(std::string id, evp_pkey_st* key);

    std::vector<Key> keys_;
};

} // namespace auth
