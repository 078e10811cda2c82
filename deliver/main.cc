// SPDX-License-Identifier: ISC
/// \file
/// The delivery agent: one message from standard input into a Maildir, or many by LMTP.
/// deliver(1).
///
/// The index and the running servers are none of its business: the file's appearance
/// in `new/` is all that they need to know.

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "config/settings.h"
#include "deliver/address.h"
#include "deliver/exit_status.h"
#include "deliver/failure.h"
#include "deliver/header_filter.h"
#include "deliver/lmtp_server.h"
#include "deliver/options.h"
#include "deliver/placement.h"
#include "deliver/process.h"
#include "deliver/recipient.h"
#include "deliver/store.h"
#include "io/file.h"
#include "log/log.h"
#include "log/sink.h"

namespace deliver {
namespace {

/// The settings of the file of -c, or of the default one, which need not exist; and of
/// each -o.
base::Result<config::Settings> load_settings(const Options& options)
{
    auto settings =
        config::Settings::load(options.configuration.value_or(config::default_path));
    if (!settings && !options.configuration &&
        settings.error().code == base::Errc::NotFound)
        settings = config::Settings::defaults();
    if (!settings)
        return settings;
    for (const auto& setting : options.settings)
        if (auto done = settings->set(setting); !done)
            return done.error();
    return settings;
}

/// What delivery would add to this message. The sender in the environment, which
/// local(8) and OpenSMTPD set, has lost its unusual characters: it is the last
/// resort, for a message that has no Return-Path from whoever hands it to us.
TraceFields trace_fields(const Options& options)
{
    TraceFields fields;
    if (options.sender)
        fields.return_path = options.sender;
    else if (const char* const sender = std::getenv("SENDER"))
        fields.return_path = envelope_sender(sender);

    for (const auto* const address :
         {&options.final_recipient, &options.original_recipient, &options.user})
        if (*address && !fields.delivered_to)
            fields.delivered_to = *address;
    return fields;
}

/// The folder that is asked for: by -m, or by the extension of the address. local(8)
/// has cut that off and given it in the environment; with -d it is in the name, or in
/// the address of -r.
Wish wish_of(const Options& options, const Recipient& recipient,
             const config::Settings& settings)
{
    if (options.folder)
        return {*options.folder, Wish::By::Option};
    if (settings.deliver.extension == config::Extension::Off)
        return {};
    std::string extension = recipient.extension;
    if (extension.empty() && options.final_recipient)
        extension =
            split_extension(*options.final_recipient, settings.deliver.delimiter)
                .extension;
    if (const char* const given = std::getenv("EXTENSION");
        given && extension.empty() && !options.user)
        extension = given;
    return {extension, Wish::By::Address};
}

/// Standard input, or the file of -p.
base::Result<base::UniqueFd> open_message(const Options& options)
{
    if (options.message)
        return io::open_at(AT_FDCWD, *options.message, O_RDONLY);
    return base::UniqueFd(STDIN_FILENO);
}

/// The delivery once it is known whose mail it is. From here on we are that user.
Outcome deliver_to(const Recipient& recipient, const Options& options,
                   const config::Settings& settings, const Parent& writer)
{
    if (auto done = become(recipient.identity); !done)
        return try_again(done.error());

    const auto input = open_message(options);
    if (!input)
        return try_again(input.error());
    auto placement = Placement::begin(recipient, wish_of(options, recipient, settings),
                                      trace_fields(options), settings);
    if (!placement)
        return try_again(placement.error());
    if (auto done = store(input->get(), **placement, writer); !done)
        return failure(done.error(), settings);
    return delivered();
}

/// Nobody tries again to start a service: what keeps it from starting is told by 75 as
/// everything else is.
Outcome serve(config::Settings settings)
{
    prepare_service();
    settings.deliver.time_limit =
        std::min(settings.deliver.time_limit, lmtp_time_limit);
    if (auto done = serve_lmtp(settings); !done)
        return misconfigured(done.error().text);
    return delivered();
}

Outcome run(int argc, char* const argv[], const Parent& writer)
{
    const auto options = Options::parse(argc, argv);
    if (!options)
        return misconfigured(options.error().text);
    const auto settings = load_settings(*options);
    if (!settings)
        return misconfigured(settings.error().text);

    if (options->is_lmtp)
        return serve(*settings);

    limit_time(settings->deliver.time_limit);
    const auto recipient = find_recipient(options->user, *settings);
    if (!recipient && recipient.error().code == base::Errc::NotFound && options->user)
        return unknown_user(*options->user);
    if (!recipient)
        return try_again(recipient.error());
    return deliver_to(*recipient, *options, *settings, writer);
}

/// Runs the delivery; whatever it throws means "try again".
Outcome run_safely(int argc, char* const argv[], const Parent& writer)
{
    try {
        const logging::Log log;
        auto outcome = run(argc, argv, writer);
        if (outcome.status != ExitStatus::Delivered)
            log.warn("not-delivered",
                     {{"status", static_cast<int>(outcome.status)},
                      {"reason", outcome.line.substr(0, outcome.line.size() - 1)}});
        return outcome;
    } catch (const std::exception& failure) {
        return try_again({base::Errc::Internal, failure.what(), 0});
    }
}

} // namespace
} // namespace deliver

int main(int argc, char* argv[])
{
    const deliver::Parent writer;
    deliver::prepare_process();
    logging::SyslogSink syslog("deliver", logging::SyslogSink::Connect::WithFirstLine);
    logging::set_sink(&syslog);
    return deliver::finish(deliver::run_safely(argc, argv, writer));
}
