// SPDX-License-Identifier: ISC
#include "auth/password.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <crypt.h>
#include <string.h>
#include <strings.h>

#include "base/scope_exit.h"

namespace auth {

using base::Done;
using base::Errc;
using base::Error;

namespace {

enum class Method { Plain, Crypt };

struct Scheme {
    const char* name;
    Method method;
};

constexpr Scheme schemes[] = {
    {"PLAIN", Method::Plain},        {"CLEARTEXT", Method::Plain},
    {"CRYPT", Method::Crypt},        {"DES-CRYPT", Method::Crypt},
    {"MD5-CRYPT", Method::Crypt},    {"BLF-CRYPT", Method::Crypt},
    {"SHA256-CRYPT", Method::Crypt}, {"SHA512-CRYPT", Method::Crypt},
};

/// The password is "avocet", but nobody is let in by it: `verify_in_vain` forgets
/// what comes out.
constexpr std::string_view own_decoy =
    "$6$avocetavocet$"
    "61ELoGWOVOwxql8V2Z3ayfNfUOd7ez0ccQT9YVtJPLaQ0jKpYUhidsabHnd."
    "KKnM3EmQZdONr0BUNCtsKCkxd/";

struct Stored {
    Method method;
    std::string_view hash;
};

/// Takes `{SCHEME}` off; nothing for a scheme we do not know.
std::optional<Stored> split(std::string_view stored)
{
    const std::size_t end = stored.find('}');
    if (!stored.starts_with('{') || end == std::string_view::npos)
        return Stored{Method::Crypt, stored};
    const std::string name(stored.substr(1, end - 1));
    for (const Scheme& scheme : schemes) {
        if (::strcasecmp(name.c_str(), scheme.name) == 0)
            return Stored{scheme.method, stored.substr(end + 1)};
    }
    return std::nullopt;
}

/// Takes a time that depends on the lengths only.
bool equal(std::string_view a, std::string_view b)
{
    unsigned difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const char other = i < b.size() ? b[i] : '\0';
        difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i] ^ other));
    }
    return difference == 0;
}

bool verify_crypt(const std::string& hash, std::string_view given)
{
    // 32 KiB, with the password and what it was turned into in them.
    const auto data = std::make_unique<crypt_data>();
    std::string phrase(given);
    const base::ScopeExit wipe([&] {
        ::explicit_bzero(phrase.data(), phrase.size());
        ::explicit_bzero(data.get(), sizeof *data);
    });
    const char* const result = ::crypt_r(phrase.c_str(), hash.c_str(), data.get());
    // A failure is told by a null pointer or by a string that begins with a star.
    return result != nullptr && result[0] != '*' && equal(result, hash);
}

bool is_locked(std::string_view hash)
{
    return hash.empty() || hash.front() == '*' || hash.front() == '!';
}

} // namespace

bool verify(std::string_view stored, std::string_view given)
{
    if (given.empty() || given.size() > max_password ||
        given.find('\0') != std::string_view::npos)
        return false;
    const auto known = split(stored);
    if (!known || known->hash.empty())
        return false;
    if (known->method == Method::Plain)
        return equal(given, known->hash);
    return !is_locked(known->hash) && verify_crypt(std::string(known->hash), given);
}

void verify_in_vain(std::string_view decoy, std::string_view given)
{
    static_cast<void>(verify(check_stored(decoy) ? decoy : own_decoy, given));
}

base::Status check_stored(std::string_view stored)
{
    const auto known = split(stored);
    if (!known) {
        const std::string_view scheme = stored.substr(1, stored.find('}') - 1);
        return Error{Errc::Unsupported,
                     "no such password scheme: " + std::string(scheme.substr(0, 32)),
                     0};
    }
    if (known->method == Method::Plain) {
        if (known->hash.empty())
            return Error{Errc::Syntax, "no password", 0};
        return Done{};
    }
    if (is_locked(known->hash))
        return Error{Errc::Syntax, "no password, or a locked one", 0};
    const int judgement = ::crypt_checksalt(std::string(known->hash).c_str());
    if (judgement == CRYPT_SALT_INVALID || judgement == CRYPT_SALT_METHOD_DISABLED)
        return Error{Errc::Unsupported, "a hash that crypt(3) does not know", 0};
    return Done{};
}

} // namespace auth
