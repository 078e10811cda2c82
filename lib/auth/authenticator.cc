// SPDX-License-Identifier: ISC
#include "auth/authenticator.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "auth/checkpassword.h"
#include "auth/hash.h"
#include "auth/location.h"
#include "auth/pam.h"
#include "auth/password.h"
#include "auth/signing_keys.h"
#include "auth/token.h"
#include "base/clock.h"
#include "config/text_file.h"

namespace auth {

using base::Errc;
using base::Error;
using base::Result;

namespace {

/// What the keys of somebody unknown look like where the file has none to copy.
constexpr std::uint32_t usual_iterations = 4096;
constexpr std::size_t usual_salt = 16;

/// A secret of this machine: the same after a restart, since a salt that changes says
/// that nobody is behind it. machine-id(5) asks for a keyed hash of it, and the boot's
/// id serves where there is none. Made of no password: somebody who has seen a salt
/// could try out passwords against it.
std::string secret()
{
    constexpr std::size_t limit = 4096;
    for (const char* const path :
         {"/etc/machine-id", "/proc/sys/kernel/random/boot_id"}) {
        const auto id = config::read_text_file(path, limit);
        if (id && !id->empty())
            return hmac(Hash::Sha256, *id, "avocet SCRAM salt");
    }
    return {};
}

/// A salt for a user who has none: the same for the same name each time.
std::string salt_of(std::string_view user, Hash hash, std::size_t size)
{
    const std::string_view name = hash == Hash::Sha1 ? "SHA-1 " : "SHA-256 ";
    std::string salt =
        hmac(Hash::Sha512, secret(), std::string(name) + std::string(user));
    salt.resize(size);
    return salt;
}

/// Keys that nobody's password has.
ScramKeys keys_of_nobody(std::string_view user, const std::optional<ScramKeys>& like,
                         Hash hash)
{
    constexpr std::size_t longest = 64;
    ScramKeys keys;
    keys.hash = hash;
    keys.iterations = like ? like->iterations : usual_iterations;
    keys.salt =
        salt_of(user, hash, like ? std::min(like->salt.size(), longest) : usual_salt);
    keys.stored_key.assign(digest_size(hash), '\0');
    keys.server_key.assign(digest_size(hash), '\0');
    return keys;
}

/// The keys in `stored`, if it has some for that hash, or those of the password in it,
/// with salt and iterations as `nobodys` have them.
std::optional<ScramKeys> keys_from(std::string_view stored, const ScramKeys& nobodys)
{
    const auto parsed = parse_stored(stored);
    if (!parsed)
        return std::nullopt;
    if (const auto* const keys = std::get_if<ScramKeys>(&*parsed)) {
        if (keys->hash == nobodys.hash)
            return *keys;
    } else if (const auto* const plain = std::get_if<PlainPassword>(&*parsed)) {
        return scram_keys(nobodys.hash, plain->password, nobodys.salt,
                          nobodys.iterations);
    }
    return std::nullopt;
}

/// The first keys of `entry` that count, and the entry with their label.
std::optional<Authenticator::Credentials>
keys_of(PasswdEntry entry, const ScramKeys& nobodys, const Circumstances& circumstances)
{
    if (auto keys = keys_from(entry.password, nobodys))
        return Authenticator::Credentials{std::move(*keys), std::move(entry)};
    for (const ApplicationPassword& other : entry.application_passwords) {
        if (!other.is_for(circumstances))
            continue;
        if (auto keys = keys_from(other.password, nobodys)) {
            entry.label = other.label;
            return Authenticator::Credentials{std::move(*keys), std::move(entry)};
        }
    }
    return std::nullopt;
}

} // namespace

Authenticator::Authenticator(const config::Settings& settings,
                             Circumstances circumstances,
                             const base::Turnstile* hashing)
    : accounts_(settings), circumstances_(std::move(circumstances)),
      passwd_file_(settings.auth.passwd_file),
      weak_schemes_(settings.auth.weak_schemes), hashing_(hashing),
      oauth_(settings.oauth)
{
    if (!passwd_file_.empty())
        sources_.push_back(
            std::make_unique<PasswdFileSource>(passwd_file_, weak_schemes_, hashing_));
    if (!settings.auth.checkpassword.empty())
        sources_.push_back(
            std::make_unique<CheckpasswordSource>(settings.auth.checkpassword));
    if (!settings.auth.pam.empty())
        sources_.push_back(std::make_unique<PamSource>(settings.auth.pam));
}

void Authenticator::verify_in_vain(std::string_view password) const
{
    const auto turn = base::take_turn(hashing_);
    auth::verify_in_vain({}, password);
}

Result<PasswdEntry> Authenticator::check(std::string_view user,
                                         std::string_view password) const
{
    if (auto fine = check_user(user); !fine) {
        verify_in_vain(password);
        return fine.error();
    }
    for (const auto& source : sources_) {
        auto entry = source->check(user, password, circumstances_);
        if (entry || entry.error().code != Errc::NotFound)
            return entry;
    }
    if (sources_.empty())
        verify_in_vain(password);
    return Error{Errc::Refused, "no such user", 0};
}

Result<Identity> Authenticator::verify(std::string_view user,
                                       std::string_view password) const
{
    const auto entry = check(user, password);
    if (!entry)
        return entry.error();
    return accounts_.identity_of(*entry);
}

Result<Authenticator::Credentials> Authenticator::credentials(std::string_view user,
                                                              Hash hash) const
{
    Error why = {Errc::Refused, "no such user", 0};
    if (passwd_file_.empty())
        return Credentials{keys_of_nobody(user, std::nullopt, hash), why};
    const auto file = load_passwd_file(passwd_file_);
    if (!file)
        return file.error();
    // Made for those who have keys as well: it has to take as long for everybody.
    const ScramKeys nobodys = keys_of_nobody(user, file->decoy_keys(hash), hash);
    const auto entry = check_user(user) ? find_entry(*file, user) : why;
    const auto turn = base::take_turn(hashing_); // keys may be made of a password
    auto found = entry ? keys_of(*entry, nobodys, circumstances_) : std::nullopt;
    const bool is_made_of_password = found && found->keys.salt == nobodys.salt;
    if (!is_made_of_password) // as those of the file's first may have to be
        static_cast<void>(keys_from(file->decoy(), nobodys));
    if (found)
        return std::move(*found);
    if (entry)
        why.text = "no password for SCRAM by that hash";
    else if (entry.error().code != Errc::NotFound &&
             entry.error().code != Errc::Refused)
        return entry.error();
    return Credentials{nobodys, why};
}

Result<Identity> Authenticator::admit(const PasswdEntry& entry) const
{
    if (auto admitted = entry.admits(circumstances_); !admitted)
        return admitted.error();
    return accounts_.identity_of(entry);
}

Result<Identity> Authenticator::identify(std::string_view user) const
{
    if (auto fine = check_user(user); !fine)
        return fine.error();
    if (passwd_file_.empty()) {
        PasswdEntry entry;
        entry.user = user;
        return admit(entry);
    }
    const auto file = load_passwd_file(passwd_file_);
    if (!file)
        return file.error();
    const auto entry = find_entry(*file, user);
    if (entry)
        return admit(*entry);
    if (entry.error().code == Errc::NotFound)
        return Error{Errc::Refused, "no such user", 0};
    return entry.error();
}

Result<Identity> Authenticator::verify_token(std::string_view claimed,
                                             std::string_view token) const
{
    if (oauth_.keys.empty())
        return Error{Errc::Cannot, "[oauth] keys is empty", 0};
    const auto keys = SigningKeys::load(oauth_.keys);
    if (!keys) // whatever it is, it is not the client's fault
        return Error{Errc::Cannot, keys.error().text, 0};
    constexpr std::int64_t second_us = 1'000'000;
    const auto user =
        user_of_token(token, *keys, oauth_, base::SystemClock().wall_us() / second_us);
    if (!user)
        return user.error();
    if (!claimed.empty() && claimed != *user)
        return Error{Errc::Refused, "token: for somebody else", 0};
    return identify(*user);
}

std::vector<std::string> Authenticator::complaints() const
{
    std::vector<std::string> all;
    if (!oauth_.keys.empty()) {
        if (const auto keys = SigningKeys::load(oauth_.keys); !keys)
            all.push_back("[oauth] keys: " + keys.error().text);
    }
    for (const auto& source : sources_) {
        for (std::string& complaint : source->complaints())
            all.push_back(std::move(complaint));
    }
    return all;
}

} // namespace auth
