// SPDX-License-Identifier: ISC
#include "index/write.h"

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "fixture.h"

namespace {

using base::NumberSet;
using indexing::Index;
using indexing::MessageRecord;
using indexing::MessageView;
using indexing::Read;
using indexing::Write;

struct Place {
    TemporaryDirectory directory;
    StillClock clock;
    Index index = opened(directory, clock);
};

/// What the index should say of one folder, kept the plain way.
struct Model {
    std::map<std::uint32_t, MessageRecord> messages;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> vanished;
    std::uint32_t id = 0;
    std::uint32_t next_uid = 1;
    std::uint64_t start = 0;
};

MessageRecord random_message(std::mt19937& random, std::uint32_t uid,
                             std::uint64_t modseq)
{
    MessageRecord record =
        message(uid, "1700000000." + std::to_string(random()), modseq);
    record.flags = static_cast<std::uint8_t>(random() % 64);
    record.octets = random() % 100'000;
    record.place = random() % 4 == 0 ? indexing::Place::New : indexing::Place::Cur;
    if (random() % 50 == 0) // longer than a key of LMDB may be
        record.name.insert(0, 600, 'n');
    return record;
}

void check_counters(const Model& model, const Read& read)
{
    std::uint32_t unseen = 0, deleted = 0;
    std::uint64_t octets = 0;
    NumberSet uids, without_seen, with_deleted, in_new;
    for (const auto& [uid, record] : model.messages) {
        uids.add(uid);
        octets += record.octets;
        if ((record.flags & indexing::flag::seen) == 0) {
            ++unseen;
            without_seen.add(uid);
        }
        if ((record.flags & indexing::flag::deleted) != 0) {
            ++deleted;
            with_deleted.add(uid);
        }
        if (record.place == indexing::Place::New)
            in_new.add(uid);
    }
    const auto folder = read.folder(model.id);
    BOOST_REQUIRE(folder.has_value());
    BOOST_TEST(folder->messages == model.messages.size());
    BOOST_TEST(folder->unseen == unseen);
    BOOST_TEST(folder->deleted == deleted);
    BOOST_TEST(folder->octets == octets);
    BOOST_TEST(folder->uid_next == model.next_uid);
    BOOST_TEST(read.uids(model.id).to_text() == uids.to_text());
    BOOST_TEST(read.unseen(model.id).to_text() == without_seen.to_text());
    BOOST_TEST(read.deleted(model.id).to_text() == with_deleted.to_text());
    BOOST_TEST(read.in_new(model.id).to_text() == in_new.to_text());
    const auto first = read.first_unseen(model.id);
    BOOST_TEST(first.has_value() == !without_seen.empty());
    if (first && !without_seen.empty())
        BOOST_TEST(*first == without_seen.first());
}

void check_messages(const Model& model, const Read& read)
{
    auto expected = model.messages.begin();
    read.for_each(model.id, 1, ~0U, [&](const MessageView& view) {
        BOOST_REQUIRE(expected != model.messages.end());
        BOOST_TEST(view.uid == expected->first);
        BOOST_TEST(pack(view) == pack(expected->second.view()));
        BOOST_TEST(read.uid_of(model.id, view.base_name()).value_or(0) == view.uid);
        ++expected;
    });
    BOOST_TEST((expected == model.messages.end()));
}

void check_changes(const Model& model, const Read& read, std::uint64_t since)
{
    NumberSet changed, gone, shown;
    for (const auto& [uid, record] : model.messages) {
        if (record.modseq > since)
            changed.add(uid);
    }
    BOOST_TEST(read.changed_since(model.id, since).to_text() == changed.to_text());
    std::uint64_t last = 0;
    read.changed_since(model.id, since, [&](const MessageView& view) {
        BOOST_TEST(view.modseq >= last);
        last = view.modseq;
        shown.add(view.uid);
    });
    BOOST_TEST(shown.to_text() == changed.to_text());
    for (const auto& [modseq, uid] : model.vanished) {
        if (modseq > since)
            gone.add(uid);
    }
    BOOST_TEST(read.vanished_since(model.id, since).to_text() == gone.to_text());
}

/// One random change of `model` and, the same, of the index.
base::Status change(Model& model, Write& write, std::mt19937& random)
{
    const std::uint64_t modseq = write.next_modseq(model.id);
    const auto some = [&] {
        auto at = model.messages.lower_bound(
            static_cast<std::uint32_t>(random() % model.next_uid));
        return at == model.messages.end() ? model.messages.begin() : at;
    };
    const auto kind = random() % 8;
    if (kind < 3 || model.messages.empty()) { // arrivals, some UIDs left out
        std::vector<MessageRecord> batch;
        for (auto i = random() % 20; i > 0; --i) {
            model.next_uid += random() % 4 == 0 ? 2 : 0;
            batch.push_back(random_message(random, model.next_uid++, modseq));
        }
        for (const MessageRecord& record : batch)
            model.messages[record.uid] = record;
        if (!batch.empty())
            return write.put_messages(model.id, batch);
        auto record = *write.folder(model.id);
        record.uid_next = model.next_uid;
        return write.put_folder(record);
    }
    if (kind < 6) {
        MessageRecord& record = some()->second;
        record.flags = static_cast<std::uint8_t>(random() % 64);
        record.keywords = static_cast<std::uint32_t>(random() % 5);
        record.modseq = modseq;
        record.name = std::string(record.view().base_name()) + ":2,S";
        return write.set_flags(model.id, {.uid = record.uid,
                                          .flags = record.flags,
                                          .keywords = record.keywords,
                                          .modseq = modseq,
                                          .place = record.place,
                                          .name = record.name});
    }
    if (kind == 6) { // replaced, under other names, twice in one batch
        const std::uint32_t uid = some()->first;
        const std::vector<MessageRecord> batch = {random_message(random, uid, modseq),
                                                  random_message(random, uid, modseq)};
        model.messages[uid] = batch.back();
        return write.put_messages(model.id, batch);
    }
    NumberSet uids = {model.next_uid + 5}; // is not there, and is no bother
    for (auto i = random() % 12; i > 0; --i)
        uids.add(static_cast<std::uint32_t>(random() % model.next_uid + 1));
    for (const std::uint32_t uid : uids) {
        if (model.messages.erase(uid) > 0)
            model.vanished.emplace_back(modseq, uid);
    }
    return write.expunge(model.id, uids, modseq);
}

std::uint32_t make(Index& index, const std::string& name)
{
    return index
        .write([&](Write& write) { return write.create_folder(name, 7, 1, {}); })
        .value()
        .id;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(changes, Place)

BOOST_AUTO_TEST_CASE(says_what_a_plain_list_would_say)
{
    std::mt19937 random(3);
    std::vector<Model> models(3);
    for (Model& model : models) {
        model.id = make(index, "folder" + std::to_string(&model - models.data()));
        model.start = index.read().folder(model.id)->highest_modseq;
    }
    for (int round = 0; round < 400; ++round) {
        Model& model = models[random() % models.size()];
        const auto done = index.write([&](Write& write) -> base::Status {
            for (int i = 0; i < 3; ++i) {
                if (auto status = change(model, write, random); !status)
                    return status;
            }
            return base::Done{};
        });
        BOOST_REQUIRE_MESSAGE(done.has_value(), why(done));
        if (round % 10 != 0)
            continue;
        const Read read = index.read();
        for (const Model& each : models) {
            check_counters(each, read);
            check_messages(each, read);
            const auto highest = read.folder(each.id)->highest_modseq;
            check_changes(each, read, each.start);
            check_changes(each, read,
                          each.start + random() % (highest - each.start + 1));
            BOOST_TEST(read.changed_since(each.id, highest).empty());
            BOOST_TEST(read.changed_since(each.id, ~std::uint64_t{0}).empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(shows_only_the_uids_asked_for_and_stops_when_told)
{
    fill(index, "INBOX", 100);
    fill(index, "Sent", 100);
    const Read read = index.read();
    NumberSet shown;
    read.for_each(1, 10, 20, [&](const MessageView& view) { shown.add(view.uid); });
    BOOST_TEST(shown.to_text() == "10:20");
    shown.clear();
    read.for_each(1, 98, ~0U, [&](const MessageView& view) { shown.add(view.uid); });
    BOOST_TEST(shown.to_text() == "98:100");
    shown.clear();
    read.for_each(1, 1, ~0U, [&](const MessageView& view) {
        shown.add(view.uid);
        return view.uid < 3;
    });
    BOOST_TEST(shown.to_text() == "1:3");
    read.for_each(9, 1, ~0U, [&](const MessageView&) { BOOST_TEST(false); });
    BOOST_TEST(read.uids(9).empty());
    BOOST_TEST(read.recent_first(9) == 0u);
    BOOST_TEST(!read.message(1, 101).has_value());
    BOOST_TEST(!read.uid_of(2, "none").has_value());
}

BOOST_AUTO_TEST_CASE(folders_are_made_listed_renamed_and_dropped)
{
    fill(index, "b", 10);
    fill(index, "a", 20);
    const auto done = index.write([](Write& write) -> base::Status {
        BOOST_TEST(
            (write.create_folder("a", 1, 1, {}).error().code == base::Errc::Exists));
        BOOST_TEST(
            (write.create_folder("", 1, 1, {}).error().code == base::Errc::Cannot));
        BOOST_TEST(write.create_folder(std::string(500, 'f'), 1, 1, {}).has_value());
        BOOST_TEST((write.create_folder(std::string(501, 'f'), 1, 1, {}).error().code ==
                    base::Errc::Cannot));
        BOOST_TEST(
            (write.rename_folder("none", "c").error().code == base::Errc::NotFound));
        BOOST_TEST((write.rename_folder("a", "b").error().code == base::Errc::Exists));
        BOOST_TEST(write.rename_folder("b", "c").has_value());
        BOOST_TEST((write.drop_folder("b").error().code == base::Errc::NotFound));
        return base::Done{};
    });
    BOOST_REQUIRE(done.has_value());
    {
        const Read read = index.read();
        const auto folders = read.folders();
        BOOST_REQUIRE(folders.size() == 3u);
        BOOST_TEST(folders[0].name == "a");
        BOOST_TEST(folders[1].name == "c");
        BOOST_TEST(folders[1].record.messages == 10u);
        BOOST_TEST(!read.folder("b").has_value());
        BOOST_TEST(read.folder("c")->id == 1u);
        BOOST_TEST(!read.folder(std::string(600, 'f')).has_value());
    }
    BOOST_REQUIRE(
        index.write([](Write& write) { return write.drop_folder("c"); }).has_value());
    const Read read = index.read();
    BOOST_TEST(!read.message(1, 1).has_value());
    BOOST_TEST(read.uids(1).empty());
    BOOST_TEST(read.folder("a")->messages == 20u);
    BOOST_TEST(read.uids(2).size() == 20u);
}

BOOST_AUTO_TEST_CASE(modseqs_start_from_the_clock_and_above_all_given_before)
{
    const auto now = static_cast<std::uint64_t>(clock.now_us);
    const auto first =
        index.write([](Write& write) { return write.create_folder("a", 1, 1, {}); });
    BOOST_TEST(first->highest_modseq == now);
    BOOST_TEST(first->generation == now);
    const auto given = index.write([&](Write& write) -> base::Result<std::uint64_t> {
        for (int i = 0; i < 9; ++i)
            write.next_modseq(first->id);
        return write.next_modseq(first->id);
    });
    BOOST_TEST(*given == now + 10);
    clock.now_us -= 1'000'000; // somebody sets the clock back
    const auto second = index.write([](Write& write) {
        static_cast<void>(write.drop_folder("a"));
        return write.create_folder("a", 1, 1, {});
    });
    BOOST_TEST(second->highest_modseq > *given);
    BOOST_TEST(second->generation != first->generation);
    BOOST_TEST(second->id != first->id);
}

BOOST_AUTO_TEST_CASE(an_old_copy_of_a_folder_turns_nothing_back)
{
    fill(index, "INBOX", 10);
    auto old = *index.read().folder("INBOX");
    BOOST_TEST(old.uid_next == 11u);
    const auto done = index.write([&](Write& write) -> base::Status {
        const MessageRecord added = message(11, "x", write.next_modseq(old.id));
        if (auto put = write.put_messages(old.id, std::span(&added, 1)); !put)
            return put;
        BOOST_TEST(write.claim_recent(old.id) == 1u);
        old.uid_validity = 99;
        old.is_complete = true;
        old.cur_dir.mtime_ns = 5;
        return write.put_folder(old);
    });
    BOOST_REQUIRE(done.has_value());
    const auto folder = index.read().folder("INBOX");
    BOOST_TEST(folder->messages == 11u);
    BOOST_TEST(folder->uid_next == 12u);
    BOOST_TEST(folder->first_recent == 12u);
    BOOST_TEST(folder->highest_modseq == old.highest_modseq + 1);
    BOOST_TEST(folder->uid_validity == 99u);
    BOOST_TEST(folder->is_complete);
    BOOST_TEST(folder->cur_dir.mtime_ns == 5);
}

BOOST_AUTO_TEST_CASE(recent_messages_are_given_once)
{
    fill(index, "INBOX", 3);
    const auto claim = [&] {
        return *index.write([](Write& write) -> base::Result<std::uint32_t> {
            return write.claim_recent(1);
        });
    };
    BOOST_TEST(index.read().recent_first(1) == 1u);
    BOOST_TEST(claim() == 1u);
    BOOST_TEST(claim() == 4u);
    BOOST_TEST(index.read().recent_first(1) == 4u);
}

BOOST_AUTO_TEST_CASE(what_was_made_of_a_message_goes_with_it)
{
    using indexing::Kind;
    fill(index, "INBOX", 3);
    const std::string large(100'000, 'x');
    const auto done = index.write([&](Write& write) -> base::Status {
        BOOST_TEST(write.put_cached(1, 1, Kind::Envelope, "one"));
        BOOST_TEST(write.put_cached(1, 1, Kind::Envelope, "other"));
        BOOST_TEST(write.put_cached(1, 2, Kind::Envelope, ""));
        BOOST_TEST(write.put_cached(1, 2, Kind::Preview, large));
        BOOST_TEST(!write.put_cached(1, 4, Kind::Preview, "gone"));
        return base::Done{};
    });
    BOOST_REQUIRE(done.has_value());
    {
        const Read read = index.read();
        BOOST_TEST(read.cached(1, 1, Kind::Envelope).value() == "other");
        BOOST_TEST(read.cached(1, 2, Kind::Envelope).value() == "");
        BOOST_TEST((read.cached(1, 2, Kind::Preview).value() == large));
        BOOST_TEST(!read.cached(1, 1, Kind::Body).has_value());
    }
    BOOST_REQUIRE(index
                      .write([](Write& write) {
                          return write.expunge(1, {2}, write.next_modseq(1));
                      })
                      .has_value());
    const Read read = index.read();
    BOOST_TEST(!read.cached(1, 2, Kind::Preview).has_value());
    BOOST_TEST(read.cached(1, 1, Kind::Envelope).has_value());
}

BOOST_AUTO_TEST_CASE(a_size_on_the_wire_is_no_change_of_the_message)
{
    fill(index, "INBOX", 3);
    const auto before = index.read().folder(1)->highest_modseq;
    const auto modseq = index.read().message(1, 2)->modseq;
    BOOST_REQUIRE(index
                      .write([](Write& write) -> base::Status {
                          BOOST_TEST(write.put_wire_octets(1, 2, 77));
                          BOOST_TEST(write.put_wire_octets(1, 2, 77));
                          BOOST_TEST(!write.put_wire_octets(1, 9, 77));
                          return base::Done{};
                      })
                      .has_value());
    const Read read = index.read();
    BOOST_TEST(read.message(1, 2)->wire_octets == 77U);
    BOOST_TEST(read.message(1, 2)->modseq == modseq);
    BOOST_TEST(read.folder(1)->highest_modseq == before);
    BOOST_TEST(read.uids(1).to_text() == "1:3");
}

BOOST_AUTO_TEST_CASE(flags_of_many_are_set_at_once)
{
    fill(index, "INBOX", 3);
    BOOST_REQUIRE(index
                      .write([](Write& write) -> base::Status {
                          const auto modseq = write.next_modseq(1);
                          const indexing::FlagChange changes[] = {
                              {1, indexing::flag::seen, 0, modseq},
                              {3, indexing::flag::deleted, 1, modseq},
                              {9, indexing::flag::deleted, 1, modseq}};
                          return write.set_flags(1, changes);
                      })
                      .has_value());
    const Read read = index.read();
    BOOST_TEST(read.message(1, 1)->flags == indexing::flag::seen);
    BOOST_TEST(read.message(1, 3)->keywords == 1U);
    BOOST_TEST(!read.message(1, 9).has_value());
    BOOST_TEST(read.deleted(1).to_text() == "3");
}

BOOST_AUTO_TEST_CASE(refuses_messages_for_a_folder_that_is_gone_or_with_endless_names)
{
    fill(index, "INBOX", 1);
    const MessageRecord good = message(2, "x");
    const MessageRecord longest = message(3, std::string(indexing::max_name - 3, 'n'));
    const MessageRecord longer = message(4, std::string(indexing::max_name - 2, 'n'));
    const auto put = [&](std::uint32_t folder, const MessageRecord& record) {
        return index.write([&](Write& write) {
            return write.put_messages(folder, std::span(&record, 1));
        });
    };
    BOOST_TEST((put(5, good).error().code == base::Errc::NotFound));
    BOOST_TEST(put(1, longest).has_value());
    BOOST_TEST((put(1, longer).error().code == base::Errc::Limit));
    const auto flags =
        index.write([](Write& write) { return write.set_flags(1, {.uid = 77}); });
    BOOST_TEST((flags.error().code == base::Errc::NotFound));
}

BOOST_AUTO_TEST_CASE(holds_the_largest_uid)
{
    fill(index, "INBOX", 1);
    const MessageRecord last = message(~0U, "last");
    BOOST_REQUIRE(index
                      .write([&](Write& write) {
                          return write.put_messages(1, std::span(&last, 1));
                      })
                      .has_value());
    BOOST_TEST(index.read().uids(1).to_text() == "1,4294967295");
    BOOST_REQUIRE(index
                      .write([&](Write& write) {
                          return write.expunge(1, {~0U}, write.next_modseq(1));
                      })
                      .has_value());
    BOOST_TEST(index.read().uids(1).to_text() == "1");
}

BOOST_AUTO_TEST_CASE(what_it_does_not_remember_as_vanished_it_works_out)
{
    fill(index, "INBOX", 10);
    const std::uint64_t start = index.read().folder(1)->highest_modseq;
    BOOST_REQUIRE(index
                      .write([&](Write& write) {
                          return write.expunge(1, {4, 5}, write.next_modseq(1));
                      })
                      .has_value());
    const Read read = index.read();
    BOOST_TEST(read.vanished_since(1, start).to_text() == "4:5");
    BOOST_TEST(read.vanished_since(1, start + 1).empty());
    BOOST_TEST(read.vanished_since(1, start - 1).to_text() == "4:5"); // by complement
    BOOST_TEST(read.vanished_since(1, 1).to_text() == "4:5");
}

BOOST_AUTO_TEST_CASE(forgets_the_older_half_of_very_many_vanished)
{
    constexpr std::uint32_t bound = Write::max_vanished;
    fill(index, "INBOX", 2 * bound + 4);
    NumberSet odd;
    for (std::uint32_t uid = 1; uid < 2 * bound; uid += 2)
        odd.add(uid);
    const std::uint64_t start = index.read().folder(1)->highest_modseq;
    BOOST_REQUIRE(index
                      .write([&](Write& write) {
                          return write.expunge(1, odd, write.next_modseq(1));
                      })
                      .has_value());
    BOOST_TEST(index.read().folder(1)->vanished_ranges == bound);
    BOOST_TEST(index.read().folder(1)->vanished_floor == start);
    BOOST_REQUIRE(index
                      .write([&](Write& write) {
                          return write.expunge(1, {2 * bound + 2},
                                               write.next_modseq(1));
                      })
                      .has_value());
    odd.add(2 * bound + 2);
    const Read read = index.read();
    BOOST_TEST(read.folder(1)->vanished_ranges == 1u);
    BOOST_TEST(read.folder(1)->vanished_floor == start + 1);
    BOOST_TEST((read.vanished_since(1, start) == odd));
    BOOST_TEST(read.vanished_since(1, start + 1).to_text() ==
               std::to_string(2 * bound + 2));
}

BOOST_AUTO_TEST_SUITE_END()
