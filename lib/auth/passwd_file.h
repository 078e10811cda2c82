// SPDX-License-Identifier: ISC
/// \file
/// imapd-passwd(5): Dovecot's passwd-file, as it is.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/identity.h"
#include "base/result.h"

namespace auth {

/// One line. Fields that are empty in the file are empty here.
struct PasswdEntry {
    std::string user;
    std::string password; ///< `{SCHEME}hash`
    std::string uid;      ///< a number or a name
    std::string gid;      ///< ditto
    std::string home;
    std::string mail;           ///< `userdb_mail`, without `maildir:`, not expanded
    std::optional<Quota> quota; ///< `userdb_quota_rule`
    enum class Login { Allowed, Forbidden } login = Login::Allowed; ///< `nologin`
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

    /// The first line of `user`, or else that of `user` in lower case. Errors:
    /// NotFound; Syntax or Unsupported for a line that is wrong, with its number.
    base::Result<PasswdEntry> find(std::string_view user) const;

    /// Some stored password of the file, for `verify_in_vain`; empty if it has none.
    std::string_view decoy() const;

    /// Every line that is skipped, as "FILE:LINE: what is wrong", without the line's
    /// secrets; at most `max_complaints`.
    std::vector<std::string> complaints() const;
    static constexpr std::size_t max_complaints = 100;

private:
    std::optional<base::Result<PasswdEntry>> find_exactly(std::string_view user) const;

    std::string text_;
    std::string name_;
};

/// Reads one line, without its newline. Errors: Syntax, Unsupported.
base::Result<PasswdEntry> parse_passwd_line(std::string_view line);

} // namespace auth
