// SPDX-License-Identifier: ISC
#include "deliver/placement.h"

#include <initializer_list>
#include <utility>

#include "deliver/digest.h"
#include "deliver/keyword.h"
#include "deliver/policy.h"
#include "deliver/true_type.h"
#include "deliver/warning.h"
#include "maildir/name.h"
#include "maildir/rename.h"
#include "maildir/tidy.h"

namespace deliver {
namespace {

using base::Errc;
using base::Error;
using base::Status;
using maildir::Durability;
using maildir::Where;

/// What a duplicate is marked with.
constexpr std::string_view duplicate_keyword = "$Duplicate";
/// What a message is marked with that has something of `flag-types` in it.
constexpr std::string_view suspicious_keyword = "$Suspicious";

/// Says that the message goes to INBOX. That nobody has made a folder for an extension
/// is in the ordinary run of things.
void log_fallback(const logging::Log& log, const Wish& wish, const Target& target)
{
    const bool is_usual =
        wish.by == Wish::By::Address && target.fallback->code == Errc::NotFound;
    const std::initializer_list<logging::Field> fields = {
        {"wanted", wish.folder},
        {"folder", target.name},
        {"error", target.fallback->text}};
    if (is_usual)
        log.info("fallback", fields);
    else
        log.warn("fallback", fields);
}

maildir::QuotaLimits limits_of(const Recipient& recipient,
                               const config::Settings& settings)
{
    if (const auto& own = recipient.identity.quota)
        return {own->octets, own->messages};
    return {settings.quota.storage, settings.quota.messages};
}

} // namespace

base::Result<std::unique_ptr<Placement>>
Placement::begin(const Recipient& recipient, const Wish& wish, TraceFields fields,
                 const config::Settings& settings)
{
    const auto log = logging::Log().with({{"user", recipient.identity.user}});
    auto target = open_target(recipient.identity.mail, wish, settings);
    if (!target)
        return target.error();
    if (target->fallback)
        log_fallback(log, wish, *target);

    std::unique_ptr<Placement> placement(
        new Placement(std::move(*target), recipient, std::move(fields), settings, log));
    auto delivery =
        maildir::Delivery::begin(placement->target_.folder, placement->clock_,
                                 placement->random_, maildir::host_name());
    if (!delivery)
        return delivery.error();
    placement->delivery_.emplace(std::move(*delivery));
    return placement;
}

Placement::Placement(Target target, const Recipient& recipient, TraceFields fields,
                     const config::Settings& settings, logging::Log log)
    : target_(std::move(target)), identity_(recipient.identity), settings_(&settings),
      log_(std::move(log)),
      quota_(target_.tree, clock_, limits_of(recipient, settings)),
      filter_(std::move(fields))
{
    const bool looks = settings.deliver.duplicates != config::Duplicates::Deliver;
    if (looks && settings.deliver.duplicate_rule == config::DuplicateRule::Octets)
        digest_.emplace();
    else
        needs_head_ = looks;
}

Status Placement::write(std::string_view octets)
{
    if (input_head_.size() < max_input_head)
        input_head_ += octets.substr(0, max_input_head - input_head_.size());
    return keep(filter_.pass(octets));
}

/// Octets as they are stored.
Status Placement::keep(std::string_view octets)
{
    if (needs_head_ && head_.size() < max_head)
        head_ += octets.substr(0, max_head - head_.size());
    if (digest_) {
        const auto own = filter_.received();
        digest_->feed(octets.substr(0, own.at));
        digest_->feed(octets.substr(own.at + own.octets));
    }
    return delivery_->write(octets);
}

Status Placement::end()
{
    if (auto done = keep(filter_.finish()); !done)
        return done;
    if (filter_.empty())
        return Error{Errc::Gone, "the message is empty"};
    if (!is_mail(input_head_))
        return Error{Errc::Syntax, "this is no mail", 0};
    if (auto done = apply_policy(); !done)
        return done;
    look_for_duplicate();
    return delivery_ ? admit() : base::Done{};
}

/// A libmagic that cannot be asked, or is at its wits' end, stops no mail.
Status Placement::apply_policy()
{
    const auto& policy = settings_->policy;
    if (!looks_at_types(policy))
        return base::Done{};
    delivery_->start_writing(); // all of it can be read now
    const auto types = true_types(delivery_->fd());
    if (!types) {
        log_.warn("types-unknown", {{"error", types.error().text}});
        return base::Done{};
    }
    const Judgement judgement = judge(*types, policy);
    if (judgement.verdict == Verdict::Refuse)
        return Error{Errc::Refused, "a part of it is " + judgement.type, 0};
    if (judgement.verdict == Verdict::Quarantine)
        move_to(policy.quarantine_folder);
    if (judgement.verdict == Verdict::Flag)
        mark(suspicious_keyword);
    if (judgement.verdict != Verdict::Deliver)
        log_.info("policy", {{"type", judgement.type}, {"folder", target_.name}});
    return base::Done{};
}

/// The file stays in the `tmp/` that it is in, and will come out in the other folder.
void Placement::move_to(const std::string& folder)
{
    const Wish wish{folder, Wish::By::Option};
    auto other = open_target(identity_.mail, wish, *settings_);
    if (!other || other->fallback) {
        log_.warn("fallback",
                  {{"wanted", folder},
                   {"folder", target_.name},
                   {"error", other ? other->fallback->text : other.error().text}});
        return;
    }
    target_.folder = std::move(other->folder);
    target_.name = other->name;
}

/// A failure here is no reason to keep mail out: it is delivered, perhaps twice.
void Placement::look_for_duplicate()
{
    const auto& deliver = settings_->deliver;
    if (deliver.duplicates == config::Duplicates::Deliver)
        return;
    key_ = digest_ ? to_hex(digest_->finish()) : key_by_message_id(head_);
    if (key_.empty())
        return;
    auto lock = delivered_before().lock(key_);
    if (lock)
        key_lock_ = std::move(*lock);
    const auto before = delivered_before().has(key_);
    if (!lock || !before)
        log_.warn("duplicates-unknown",
                  {{"error", (lock ? before.error() : lock.error()).text}});
    if (!before || !*before)
        return;
    log_.info("duplicate",
              {{"folder", target_.name}, {"key", key_}, {"octets", delivery_->size()}});
    if (deliver.duplicates == config::Duplicates::Drop)
        delivery_.reset();
    else
        mark(duplicate_keyword);
}

DeliveredBefore Placement::delivered_before() const
{
    return {target_.tree.fd(), clock_.wall_us() / 1'000'000,
            settings_->deliver.duplicate_window};
}

/// A message with a keyword has to be in cur/, as a name in new/ cannot tell of it.
void Placement::mark(std::string_view keyword)
{
    const auto bit = keyword_bit(target_.folder, keyword);
    if (!bit) {
        log_.warn("no-keyword", {{"keyword", keyword}, {"error", bit.error().text}});
        return;
    }
    info_.keywords |= *bit;
    where_ = Where::Cur;
}

maildir::QuotaUsage Placement::usage() const
{
    return {static_cast<std::int64_t>(delivery_->size()), 1};
}

/// Whether the quota has room. That it cannot be read is nothing to keep mail out for.
Status Placement::admit() const
{
    auto done = quota_.check(usage());
    if (done || done.error().code == Errc::OverQuota)
        return done;
    log_.warn("quota-unknown", {{"error", done.error().text}});
    return base::Done{};
}

/// Has the quota's file tell of the message, and warns if that was the one too many.
void Placement::note_usage() const
{
    quota_.add(usage());
    const auto& deliver = settings_->deliver;
    if (deliver.quota_warning == 0 || deliver.quota_warning_command.empty())
        return;
    const auto state = quota_.state();
    if (!state || !*state || !has_passed(**state, usage(), deliver.quota_warning))
        return;
    log_.info("quota-warning", {{"percent", deliver.quota_warning}});
    if (auto done =
            warn(deliver.quota_warning_command, identity_, deliver.quota_warning);
        !done)
        log_.warn("quota-warning-failed", {{"error", done.error().text}});
}

void Placement::start_writing() noexcept
{
    if (delivery_ && is_strict())
        delivery_->start_writing();
}

Status Placement::prepare()
{
    if (!delivery_)
        return base::Done{};
    return delivery_->prepare(is_strict() ? Durability::FileOnly : Durability::None);
}

bool Placement::is_strict() const
{
    return settings_->deliver.durability == config::DeliveryDurability::Strict;
}

Status Placement::publish()
{
    if (!delivery_)
        return base::Done{};
    auto done = delivery_->publish(Durability::FileOnly, where_, info_);
    if (done && target_.name != inbox_name &&
        target_.tree.has_lost(target_.folder, target_.name))
        return rescue();
    return done;
}

/// The folder was removed while the message was on its way, and what is in it is about
/// to be: the message goes to INBOX. If it is gone already, nothing was delivered.
Status Placement::rescue()
{
    auto inbox = target_.tree.folder("");
    if (!inbox)
        return inbox.error();
    const std::string name = delivery_->file_name(Where::New);
    if (maildir::rename_if_free(target_.folder.fd(where_),
                                delivery_->file_name(where_, info_),
                                inbox->fd(Where::New), name) != 0)
        return Error::from_errno("rename", name);
    log_.warn("fallback", {{"wanted", target_.name},
                           {"folder", inbox_name},
                           {"error", "the folder was removed"}});
    target_.folder = std::move(*inbox);
    target_.name = inbox_name;
    where_ = Where::New; // its keywords are not this folder's
    info_ = {};
    return base::Done{};
}

void Placement::sync() noexcept
{
    if (!delivery_ || !is_strict())
        return;
    auto done = target_.folder.sync_directory(where_);
    if (!done)
        unsynced_ = done.error();
}

void Placement::conclude() noexcept
{
    if (!delivery_)
        return;
    try {
        if (unsynced_)
            log_.warn("unsynced",
                      {{"folder", target_.name}, {"error", unsynced_->text}});
        log_.info("delivered", {{"folder", target_.name},
                                {"name", delivery_->file_name(where_, info_)},
                                {"octets", delivery_->size()}});
        note_usage();
        if (!key_.empty())
            static_cast<void>(delivered_before().note(key_));
        key_lock_.reset();
        static_cast<void>(maildir::tidy(target_.folder, clock_));
    } catch (...) {
        // Of memory, say. The message is delivered all the same.
    }
}

} // namespace deliver
