// SPDX-License-Identifier: ISC
/// \file
/// imapd-passwd(5): Dovecot's passwd-file, as it is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/circumstances.h"
#include "auth/identity.h"
#include "auth/stored_password.h"
#include "base/result.h"
#include "config/settings.h"

namespace auth {

/// One of several passwords of a user, each with a name and limits of its own.
struct ApplicationPassword {
    std::string label;
    std::string password;               ///< `{SCHEME}hash`
    std::vector<std::string> protocols; ///< empty: all
    std::string allow_nets;             ///< empty: from everywhere

    /// Whether it counts under these circumstances.
    bool is_for(const Circumstances& circumstances) const;
};

/// One line, and the application passwords that go with it. Fields that are empty in
/// the file are empty here.
struct PasswdEntry {
    std::string user;
    std::string password; ///< `{SCHEME}hash`, or locked
    std::string uid;      ///< a number or a name
    std::string gid;      ///< ditto
    std::string home;
    std::string mail;           ///< `userdb_mail`, without `maildir:`, not expanded
    std::optional<Quota> quota; ///< `userdb_quota_rule`
    enum class Login { Allowed, Forbidden } login = Login::Allowed; ///< `nologin`
    std::string allow_nets; ///< empty: from everywhere
    std::vector<ApplicationPassword> application_passwords;

    /// The label of the password that was right; empty: the user's own.
    std::string label;

    /// Whether nobody gets in by the user's own password; by the others he may.
    bool is_locked() const;
    /// Whether the user may log in under these circumstances. Error: Refused.
    base::Status admits(const Circumstances& circumstances) const;
};

/// The text of a file, searched as it is: an attempt looks up one user and is gone,
/// so nothing is built that would outlive that. Wiped at the end.
class PasswdFile {
public:
    /// A larger file belongs into a database. Unit: octets.
    static constexpr std::size_t max_size = 64 << 20;

    /// Errors: those of `config::read_text_file`.
    static base::Result<PasswdFile> load(const std::string& path);
    /// `name` stands for the file's in complaints.
    PasswdFile(std::string text, std::string name);
    PasswdFile(PasswdFile&&) = default;
    PasswdFile& operator=(PasswdFile&&) = delete;
    ~PasswdFile();

    /// More application passwords of one user are not looked at: each costs an attempt
    /// with a wrong password as much as the password itself.
    static constexpr std::size_t max_application_passwords = 16;

    /// The first line of `user`, or else that of `user` in lower case, with its
    /// application passwords; those whose lines are wrong are left out. Errors:
    /// NotFound; Syntax or Unsupported for a line that is wrong, with its number.
    base::Result<PasswdEntry> find(std::string_view user) const;

    /// Some stored password of the file, for `verify_in_vain`; empty if it has none.
    std::string_view decoy() const;

    /// The first keys in the file that are for that hash; for users that have none.
    std::optional<ScramKeys> decoy_keys(Hash hash) const;

    /// Every line that is skipped, as "FILE:LINE: what is wrong", without the line's
    /// secrets, and every password that does not count for its scheme; at most
    /// `max_complaints`.
    std::vector<std::string>
    complaints(config::WeakSchemes weak = config::WeakSchemes::Refused) const;
    static constexpr std::size_t max_complaints = 100;

private:
    std::optional<base::Result<PasswdEntry>> find_exactly(std::string_view user) const;
    std::vector<ApplicationPassword> passwords_of(std::string_view user) const;

    std::string text_;
    std::string name_;
};

/// Reads one line, without its newline. Errors: Syntax, Unsupported.
base::Result<PasswdEntry> parse_passwd_line(std::string_view line);

/// An application password and whose it is.
struct ApplicationLine {
    std::string user;
    ApplicationPassword password;
};
/// Reads `:user:label:{SCHEME}hash:limits`. Nothing for a line that is a comment to us
/// as it is to Dovecot. Errors: Syntax, Unsupported.
std::optional<base::Result<ApplicationLine>>
parse_application_line(std::string_view line);

} // namespace auth
