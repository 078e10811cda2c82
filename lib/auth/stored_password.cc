// SPDX-License-Identifier: ISC
#include "auth/stored_password.h"

#include <array>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <crypt.h>

#include "config/values.h"
#include "text/ascii.h"
#include "text/base64.h"

namespace auth {

using base::Errc;
using base::Error;
using base::Result;

namespace {

enum class Kind { Plain, Crypt, Digest, SaltedDigest, Argon2, Scram };
enum class Encoding { None, Base64, Hex };

struct Scheme {
    std::string_view name;
    Kind kind;
    Hash hash = Hash::Sha256;
};

constexpr Scheme schemes[] = {
    {"PLAIN", Kind::Plain},
    {"CLEARTEXT", Kind::Plain},
    {"CRYPT", Kind::Crypt},
    {"DES-CRYPT", Kind::Crypt},
    {"MD5-CRYPT", Kind::Crypt},
    {"BLF-CRYPT", Kind::Crypt},
    {"SHA256-CRYPT", Kind::Crypt},
    {"SHA512-CRYPT", Kind::Crypt},
    {"SHA", Kind::Digest, Hash::Sha1},
    {"SHA1", Kind::Digest, Hash::Sha1},
    {"SHA256", Kind::Digest, Hash::Sha256},
    {"SHA512", Kind::Digest, Hash::Sha512},
    {"SSHA", Kind::SaltedDigest, Hash::Sha1},
    {"SSHA256", Kind::SaltedDigest, Hash::Sha256},
    {"SSHA512", Kind::SaltedDigest, Hash::Sha512},
    {"ARGON2I", Kind::Argon2},
    {"ARGON2ID", Kind::Argon2},
    {"SCRAM-SHA-1", Kind::Scram, Hash::Sha1},
    {"SCRAM-SHA-256", Kind::Scram, Hash::Sha256},
};

struct Split {
    Scheme scheme;
    Encoding encoding = Encoding::None;
    std::string_view rest;
};

Error wrong(const char* text)
{
    return {Errc::Syntax, text, 0};
}

Error unknown(std::string_view name)
{
    return {Errc::Unsupported,
            "no such password scheme: " + std::string(name.substr(0, 32)), 0};
}

std::optional<Encoding> encoding_named(std::string_view name)
{
    if (config::is_among(name, {"b64", "base64"}))
        return Encoding::Base64;
    if (config::is_among(name, {"hex"}))
        return Encoding::Hex;
    return std::nullopt;
}

Result<Split> split(std::string_view text)
{
    const std::size_t end = text.find('}');
    if (!text.starts_with('{') || end == std::string_view::npos)
        return Split{{"CRYPT", Kind::Crypt}, Encoding::None, text};
    const std::string_view whole = text.substr(1, end - 1);
    const std::size_t dot = whole.find('.');
    Split found;
    if (dot != std::string_view::npos) {
        const auto encoding = encoding_named(whole.substr(dot + 1));
        if (!encoding)
            return unknown(whole);
        found.encoding = *encoding;
    }
    const std::string name = text::to_upper(whole.substr(0, dot));
    for (const Scheme& scheme : schemes) {
        if (name == scheme.name) {
            found.scheme = scheme;
            found.rest = text.substr(end + 1);
            return found;
        }
    }
    return unknown(whole);
}

std::optional<std::string> from_hex(std::string_view text)
{
    if (text.size() % 2 != 0)
        return std::nullopt;
    std::string octets;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        unsigned char value = 0;
        const char* const end = text.data() + i + 2;
        if (std::from_chars(text.data() + i, end, value, 16).ptr != end)
            return std::nullopt;
        octets += static_cast<char>(value);
    }
    return octets;
}

std::optional<std::string> from_base64(std::string_view text)
{
    auto octets = text::base64_decode(text);
    if (!octets)
        return std::nullopt;
    return std::move(*octets);
}

/// As Argon2 writes it: without padding.
std::optional<std::string> from_bare_base64(std::string_view text)
{
    const std::size_t missing = (4 - text.size() % 4) % 4;
    return from_base64(std::string(text) + std::string(missing, '='));
}

/// A digest has an encoding of its own when the scheme names none: base64, or hex,
/// which the length tells if there is no salt.
std::optional<std::string> digest_octets(const Split& from)
{
    const std::size_t size = digest_size(from.scheme.hash);
    const bool is_hex =
        from.encoding == Encoding::Hex ||
        (from.encoding == Encoding::None && from.scheme.kind == Kind::Digest &&
         from.rest.size() == 2 * size);
    return is_hex ? from_hex(from.rest) : from_base64(from.rest);
}

Result<StoredPassword> digest_from(const Split& from)
{
    const std::size_t size = digest_size(from.scheme.hash);
    const auto octets = digest_octets(from);
    const bool is_salted = from.scheme.kind == Kind::SaltedDigest;
    if (!octets || (is_salted ? octets->size() <= size : octets->size() != size))
        return wrong("a hash that is not what its scheme wants");
    return StoredPassword(
        DigestHash{from.scheme.hash, octets->substr(0, size), octets->substr(size)});
}

/// What stands between the separators; one more than there are of them.
std::vector<std::string_view> fields(std::string_view text, char separator)
{
    std::vector<std::string_view> found;
    for (;;) {
        const std::size_t end = text.find(separator);
        found.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return found;
        text.remove_prefix(end + 1);
    }
}

/// A number from 1 to `most`; `name` before it must be there.
std::optional<std::uint32_t> number(std::string_view text, std::string_view name,
                                    std::uint32_t most)
{
    if (!text.starts_with(name))
        return std::nullopt;
    const auto value = config::parse_number(text.substr(name.size()), 1, most);
    if (!value)
        return std::nullopt;
    return static_cast<std::uint32_t>(*value);
}

/// `$argon2id$v=19$m=65536,t=3,p=1$salt$hash`
std::optional<Argon2Hash> argon2_from(std::string_view text)
{
    const auto parts = fields(text, '$');
    if (parts.size() != 6 || !parts[0].empty())
        return std::nullopt;
    Argon2Hash hash;
    if (parts[1] == "argon2i")
        hash.variant = Argon2Hash::Variant::I;
    else if (parts[1] != "argon2id")
        return std::nullopt;
    const auto costs = fields(parts[3], ',');
    const auto version = number(parts[2], "v=", 0x13);
    if (costs.size() != 3 || version != std::uint32_t{0x13})
        return std::nullopt;
    const auto memory = number(costs[0], "m=", Argon2Hash::max_memory);
    const auto passes = number(costs[1], "t=", Argon2Hash::max_passes);
    const auto lanes = number(costs[2], "p=", Argon2Hash::max_lanes);
    auto salt = from_bare_base64(parts[4]);
    auto digest = from_bare_base64(parts[5]);
    if (!memory || !passes || !lanes || !salt || !digest)
        return std::nullopt;
    // RFC 9106 §3.1: the least that the function is defined for.
    if (*memory < 8 * *lanes || salt->size() < 8 || digest->size() < 4 ||
        salt->size() > Argon2Hash::max_octets ||
        digest->size() > Argon2Hash::max_octets)
        return std::nullopt;
    hash.memory = *memory;
    hash.passes = *passes;
    hash.lanes = *lanes;
    hash.salt = std::move(*salt);
    hash.digest = std::move(*digest);
    return hash;
}

std::optional<ScramKeys> scram_from(std::string_view text, Hash hash)
{
    const auto parts = fields(text, ',');
    if (parts.size() != 4)
        return std::nullopt;
    const auto iterations = number(parts[0], "", ScramKeys::max_iterations);
    auto salt = from_base64(parts[1]);
    auto stored_key = from_base64(parts[2]);
    auto server_key = from_base64(parts[3]);
    if (!iterations || !salt || salt->empty() || !stored_key || !server_key ||
        stored_key->size() != digest_size(hash) ||
        server_key->size() != digest_size(hash))
        return std::nullopt;
    return ScramKeys{hash, *iterations, std::move(*salt), std::move(*stored_key),
                     std::move(*server_key)};
}

Result<StoredPassword> crypt_from(std::string text)
{
    if (text.empty() || text.front() == '*' || text.front() == '!')
        return wrong("no password, or a locked one");
    const int judgement = ::crypt_checksalt(text.c_str());
    if (judgement == CRYPT_SALT_INVALID || judgement == CRYPT_SALT_METHOD_DISABLED)
        return Error{Errc::Unsupported, "a hash that crypt(3) does not know", 0};
    return StoredPassword(CryptHash{std::move(text)});
}

/// What is text in the end, with the encoding taken off.
std::optional<std::string> text_of(const Split& from)
{
    switch (from.encoding) {
    case Encoding::None:
        return std::string(from.rest);
    case Encoding::Base64:
        return from_base64(from.rest);
    case Encoding::Hex:
        return from_hex(from.rest);
    }
    return std::nullopt;
}

} // namespace

Result<StoredPassword> parse_stored(std::string_view stored)
{
    const auto from = split(stored);
    if (!from)
        return from.error();
    if (from->scheme.kind == Kind::Digest || from->scheme.kind == Kind::SaltedDigest)
        return digest_from(*from);
    auto text = text_of(*from);
    if (!text || text->find('\0') != std::string::npos)
        return wrong("a password that is not encoded as its scheme says");
    if (from->scheme.kind == Kind::Crypt)
        return crypt_from(std::move(*text));
    if (from->scheme.kind == Kind::Plain) {
        if (text->empty())
            return wrong("no password");
        return StoredPassword(PlainPassword{std::move(*text)});
    }
    if (from->scheme.kind == Kind::Argon2) {
        if (auto hash = argon2_from(*text))
            return StoredPassword(std::move(*hash));
    } else if (auto keys = scram_from(*text, from->scheme.hash)) {
        return StoredPassword(std::move(*keys));
    }
    return wrong("a hash that is not what its scheme wants");
}

base::Status check_stored(std::string_view stored)
{
    const auto parsed = parse_stored(stored);
    if (!parsed)
        return parsed.error();
    return base::Done{};
}

bool CryptHash::is_weak() const
{
    // Traditional DES has no prefix, its extension an underscore.
    for (const std::string_view method : {"$2", "$5$", "$6$", "$y$", "$gy$", "$7$"}) {
        if (text.starts_with(method))
            return false;
    }
    return true;
}

bool is_weak(std::string_view stored)
{
    const auto parsed = parse_stored(stored);
    const auto* const hash = parsed ? std::get_if<CryptHash>(&*parsed) : nullptr;
    return hash != nullptr && hash->is_weak();
}

} // namespace auth
