// SPDX-License-Identifier: ISC
/// \file
/// What imapd.conf(5) says, typed. The man page is the contract: every key, its
/// default and its meaning.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/endpoint.h"
#include "config/networks.h"

namespace config {

/// Where imapd and deliver look when no `-c` tells them otherwise.
inline constexpr const char* default_path = "/etc/avocet/imapd.conf";

/// Where LOGIN and AUTHENTICATE PLAIN are taken without TLS.
enum class Cleartext { Never, Loopback, Always };

/// What clients may send without waiting: RFC 7888's LITERAL+, or LITERAL-, which ends
/// at 4096 octets.
enum class Literals { Plus, Minus };

/// Whether passwords count that are stored by a method nobody should use any more.
enum class WeakSchemes { Refused, Allowed };

/// Where in a client's certificate the user's name is: the addresses of
/// subjectAltName, or the subject's common name.
enum class CertificateUser { Email, CommonName };

/// What deliver(1) makes of the extension in `user+extension@domain`.
enum class Extension {
    Off,      ///< nothing: it may be part of a user's name, or for others to use
    Existing, ///< the folder of that name, if there is one
    Create,   ///< the same, and where a pattern allows it, it is made
};

/// What must be on disk before a delivery has succeeded: all of it, or nothing, which
/// survives a crash of deliver's but not one of the machine.
enum class DeliveryDurability { Strict, Relaxed };

/// What becomes of a message for which a user's quota has no room.
enum class QuotaFull { Defer, Bounce };

/// What becomes of a message that was delivered before.
enum class Duplicates { Deliver, Drop, Mark };

/// By what a message is known again.
enum class DuplicateRule { MessageId, Octets };

/// Whom an address of LMTP stands for: the user called like it, or like its local part.
enum class LmtpUser { Address, LocalPart };

/// All settings, each with its default until a file says otherwise.
///
/// Sizes are octets, times seconds. Nothing here has been opened, resolved or
/// looked up: that is the business of whoever uses the key.
struct Settings {
    struct Imapd {
        std::vector<Endpoint> listen = {{"0.0.0.0", 143}, {"::", 143}};
        std::vector<Endpoint> listen_tls = {{"0.0.0.0", 993}, {"::", 993}};
        /// The name in the greeting; empty: the machine's own.
        std::string hostname;
        /// Capabilities that are not announced; what they stand for works all the same.
        std::vector<std::string> capability_disable;
        Literals literals = Literals::Plus;
        bool operator==(const Imapd&) const = default;
    };
    struct Tls {
        std::string certificate = "/etc/avocet/cert.pem";
        std::string private_key = "/etc/avocet/key.pem";
        /// Whose certificates clients may show, PEM; empty: they are not asked. Of
        /// `[tls]` alone.
        std::string client_ca = {};
        bool operator==(const Tls&) const = default;
    };
    struct Login {
        Cleartext cleartext = Cleartext::Loopback;
        /// Whom the login processes run as. The default falls back to `nobody`
        /// where it does not exist; see `login_user_fallback`.
        std::string user = "_avocet";
        bool operator==(const Login&) const = default;
    };
    struct Auth {
        std::string passwd_file = "/etc/avocet/users"; ///< empty: none
        std::string checkpassword;                     ///< a program; empty: none
        std::string pam;                               ///< PAM service; empty: off
        /// SASL's names, in upper case; those that bind to TLS go with theirs.
        std::vector<std::string> mechanisms = {"PLAIN", "LOGIN"};
        WeakSchemes weak_schemes = WeakSchemes::Refused;
        CertificateUser certificate_user = CertificateUser::Email;
        std::string socket;                  ///< for other servers; empty: none
        std::string socket_user = "postfix"; ///< who may connect to it
        bool operator==(const Auth&) const = default;
    };
    /// Whose tokens OAUTHBEARER and XOAUTH2 take.
    struct Oauth {
        std::string keys; ///< a file; empty: nobody's
        std::string issuer;
        std::string audience = "imap";
        std::string user_claim = "email";
        bool operator==(const Oauth&) const = default;
    };
    struct Mail {
        /// Not expanded: `auth/location.h` does that.
        std::string location = "~/Maildir";
        /// The account of users who have none of their own; empty: no such users.
        std::string user = "vmail";
        char separator = '.'; ///< `.` or `/`
        /// Directories that symbolic links in a Maildir may lead into. Absolute.
        std::vector<std::string> linked;
        /// Whether messages get $HasAttachment or $HasNoAttachment.
        bool attachment_keywords = false;
        bool operator==(const Mail&) const = default;
    };
    /// The folders that a new Maildir gets, by their special use (RFC 6154): UTF-8,
    /// with `separator` between levels; empty: none, and none is recognised by its
    /// name.
    struct Mailboxes {
        std::string drafts = "Drafts";
        std::string sent = "Sent";
        std::string junk = "Junk";
        std::string trash = "Trash";
        std::string archive = "Archive";
        bool operator==(const Mailboxes&) const = default;
    };
    struct Index {
        std::string directory; ///< absolute, may hold what `location` may; or empty
        bool operator==(const Index&) const = default;
    };
    struct Quota { ///< where a user's Maildir defines none; 0: no limit
        std::uint64_t storage = 0;
        std::uint64_t messages = 0;
        bool operator==(const Quota&) const = default;
    };
    struct Limits {
        std::uint64_t connections_per_user = 64;
        std::uint64_t connections_per_address = 256;
        /// Of clients that have not logged in.
        std::uint64_t connections_before_login = 1024;
        /// So many bits of an IPv6 address count as one address.
        std::uint64_t ipv6_prefix = 64;
        /// Of no limit per address, and of no delay.
        Networks trusted;
        /// After a failed login; doubled by each further one from that address.
        std::int64_t failure_delay = 2;
        std::int64_t failure_delay_most = 15;
        /// Passwords hashed at a time; 0: as many as there are processors.
        std::uint64_t password_checks = 0;
        std::uint64_t command = 1 << 20;   ///< with the literals in it
        std::uint64_t argument = 64 << 10; ///< one literal in a command
        std::uint64_t mailboxes = 10'000;  ///< that CREATE and RENAME may lead to
        std::uint64_t literal = 64 << 20;  ///< the largest message APPEND takes
        /// Octets of its own that a session may take up; 0: no bound.
        std::uint64_t session_memory = 512 << 20;
        std::int64_t login_time = 60;     ///< a client has so long to log in
        std::int64_t idle_time = 30 * 60; ///< autologout; RFC 9051 §5.4: >= 30 min
        bool operator==(const Limits&) const = default;
    };

    /// What only deliver(1) reads.
    struct Deliver {
        Extension extension = Extension::Existing;
        /// Names of folders that `Extension::Create` may make: fnmatch(3), UTF-8.
        std::vector<std::string> extension_pattern = {"*"};
        std::string delimiter = "+"; ///< any of these begins an extension
        bool autocreate = true;      ///< the folder of `-m` is made if it is missing
        bool autosubscribe = false;  ///< to folders that are made
        DeliveryDurability durability = DeliveryDurability::Strict;
        QuotaFull quota_full = QuotaFull::Defer;
        std::uint64_t quota_warning = 0;   ///< percent; 0: never
        std::string quota_warning_command; ///< absolute; run when it is passed
        Duplicates duplicates = Duplicates::Deliver;
        DuplicateRule duplicate_rule = DuplicateRule::MessageId;
        std::int64_t duplicate_window = 24 * 3600;
        /// For one delivery. Postfix's local(8) kills its command after 1000 s
        /// (`command_time_limit`) and bounces the message; we are to end before that.
        std::int64_t time_limit = 900;
        bool operator==(const Deliver&) const = default;
    };
    /// Of deliver --lmtp.
    struct Lmtp {
        /// Addresses, and absolute paths of sockets; empty: none of our own.
        std::vector<std::string> listen;
        LmtpUser user = LmtpUser::Address;
        std::uint64_t processes = 100; ///< clients at a time
        std::uint64_t size = 0;        ///< of a message; 0: no limit
        std::string spool_directory = "/var/tmp";
        bool operator==(const Lmtp&) const = default;
    };

    /// What deliver does with messages by the true types of their parts: media types,
    /// in which `*` and `?` stand for what they do in fnmatch(3).
    struct Policy {
        std::vector<std::string> refuse_types;
        std::vector<std::string> quarantine_types;
        std::string quarantine_folder = "Quarantine";
        std::vector<std::string> flag_types;
        bool operator==(const Policy&) const = default;
    };

    Imapd imapd;
    Tls tls;
    /// `[tls NAME]`: for clients that ask for that name, or one that `*.` stands for.
    std::map<std::string, Tls> tls_names;
    Login login;
    Auth auth;
    Oauth oauth;
    Mail mail;
    Mailboxes mailboxes;
    Index index;
    Quota quota;
    Limits limits;
    Deliver deliver;
    Policy policy;
    Lmtp lmtp;

    bool operator==(const Settings&) const = default;

    /// What is in force without any file.
    static Settings defaults() { return {}; }

    /// Reads the file at `path`.
    ///
    /// Errors: NotFound if there is no such file (whoever tried `default_path` goes
    /// on with `defaults()` and says so), NoPermission and Io if it cannot be read;
    /// Syntax if anything in it is wrong. The text then has every complaint, one a
    /// line, in the form "FILE:LINE: [section] key: what is wrong; what is right".
    static base::Result<Settings> load(const std::string& path);

    /// As `load`, of text that has been read already; `name` stands for the file's
    /// in complaints.
    static base::Result<Settings> parse(std::string_view text, std::string_view name);

    /// Everything `load` would complain of, in the order of the file; empty if it
    /// would succeed. A file that cannot be read is one complaint.
    static std::vector<std::string> check(const std::string& path);

    /// Sets one key as a line of the file would: `section.key=value`.
    /// Errors: Syntax, with what is wrong in the text; then nothing has changed.
    base::Status set(std::string_view assignment);

    /// As text that `parse` turns into equal settings: for the login process, which
    /// gets them through a descriptor.
    std::string to_text() const;

    /// What fits together badly; for the log at start.
    std::vector<std::string> remarks() const;
};

/// Who the login processes run as where `Settings::Login::user` has its default and
/// no such user exists.
inline constexpr const char* login_user_fallback = "nobody";

} // namespace config
