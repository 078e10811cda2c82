// SPDX-License-Identifier: ISC
#include "deliver/options.h"

#include <utility>

#include <unistd.h>

namespace deliver {
namespace {

std::optional<std::string> unless_empty(std::string value)
{
    if (value.empty())
        return std::nullopt;
    return value;
}

/// An address as the mail server gives it, without the angle brackets that some put
/// around it.
std::string without_brackets(std::string address)
{
    if (address.size() >= 2 && address.front() == '<' && address.back() == '>')
        return address.substr(1, address.size() - 2);
    return address;
}

/// What `dovecot-lda -o` is used for, and what it is called here.
struct Renamed {
    std::string_view theirs;
    std::string_view ours;
};
constexpr Renamed renamed[] = {
    {"mail_location", "mail.location"},
    {"recipient_delimiter", "deliver.delimiter"},
    {"lda_mailbox_autocreate", "deliver.autocreate"},
    {"lda_mailbox_autosubscribe", "deliver.autosubscribe"},
};

/// `name=value` with our name of it.
std::string in_our_words(std::string setting)
{
    const auto equals = setting.find('=');
    for (const auto& word : renamed)
        if (equals != setting.npos && setting.compare(0, equals, word.theirs) == 0)
            return std::string(word.ours) + setting.substr(equals);
    return setting;
}

base::Error usage(std::string text)
{
    return {base::Errc::Syntax, std::move(text)};
}

int next_letter(const Options& options, int argc, char* const argv[])
{
    if (options.is_lmtp)
        return ::getopt(argc, argv, "+:c:o:e");
    return ::getopt(argc, argv, "+:c:d:f:a:r:m:p:o:ek");
}

/// `value` in the member that `letter` stands for.
base::Status set(Options& options, char letter, std::string value)
{
    switch (letter) {
    case 'c':
        options.configuration = unless_empty(std::move(value));
        break;
    case 'd':
        options.user = unless_empty(std::move(value));
        break;
    case 'f':
        options.sender = envelope_sender(std::move(value));
        return base::Done{};
    case 'a':
        options.original_recipient = unless_empty(without_brackets(std::move(value)));
        return base::Done{};
    case 'r':
        options.final_recipient = unless_empty(without_brackets(std::move(value)));
        return base::Done{};
    case 'm':
        options.folder = unless_empty(std::move(value));
        return base::Done{};
    case 'o':
        options.settings.push_back(in_our_words(std::move(value)));
        return base::Done{};
    case 'p':
        options.message = unless_empty(std::move(value));
        break;
    default: // -e, -k
        return base::Done{};
    }
    // Empty because a variable in the mail server's configuration was: delivering
    // to somebody else than was meant is worse than waiting.
    const bool given = letter == 'c'   ? options.configuration.has_value()
                       : letter == 'd' ? options.user.has_value()
                                       : options.message.has_value();
    if (!given)
        return usage(std::string("option -") + letter + " is empty");
    return base::Done{};
}

} // namespace

std::string envelope_sender(std::string address)
{
    address = without_brackets(std::move(address));
    if (address == "MAILER-DAEMON")
        address.clear();
    return address;
}

base::Result<Options> Options::parse(int argc, char* const argv[])
{
    Options options;
    if (argc > 1 && std::string_view(argv[1]) == "--lmtp") {
        options.is_lmtp = true;
        --argc;
        ++argv;
    }
    ::optind = 0; // glibc: start afresh, whoever called getopt before
    ::opterr = 0;
    for (;;) {
        const int letter = next_letter(options, argc, argv);
        if (letter == -1)
            break;
        if (letter == '?')
            return usage(std::string("unknown option -") + static_cast<char>(::optopt));
        if (letter == ':')
            return usage(std::string("option -") + static_cast<char>(::optopt) +
                         " needs a value");
        const char* const value = ::optarg ? ::optarg : "";
        if (auto done = set(options, static_cast<char>(letter), value); !done)
            return done.error();
    }
    if (::optind < argc)
        return usage(std::string("unexpected argument ") + argv[::optind]);
    return options;
}

} // namespace deliver
