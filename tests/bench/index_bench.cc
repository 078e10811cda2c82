// SPDX-License-Identifier: ISC
/// \file
/// What the index costs with 100,000 messages in one folder. Prints a line for each
/// operation, in milliseconds; not part of the timed tests.
///
///     index_bench [DIRECTORY]    the index is made there, and removed; default /tmp

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <malloc.h>
#include <unistd.h>

#include "base/clock.h"
#include "index/index.h"

namespace {

constexpr std::uint32_t messages = 100'000;

/// Runs `work` and prints how long that took, divided by `times`.
template <class Work>
void measure(const char* what, unsigned times, Work work)
{
    const base::SystemClock clock;
    const std::int64_t start = clock.steady_us();
    for (unsigned i = 0; i < times; ++i)
        work();
    std::printf("%-44s %10.4f ms\n", what,
                static_cast<double>(clock.steady_us() - start) / 1000 / times);
}

std::vector<indexing::MessageRecord> records(std::uint64_t modseq)
{
    std::vector<indexing::MessageRecord> list(messages);
    for (std::uint32_t uid = 1; uid <= messages; ++uid) {
        indexing::MessageRecord& record = list[uid - 1];
        record.uid = uid;
        record.modseq = modseq;
        record.octets = 4000 + uid % 1000;
        record.flags = uid % 10 == 0 ? 0 : indexing::flag::seen;
        record.place = indexing::Place::Cur;
        record.name = std::to_string(1'700'000'000 + uid) + ".M" +
                      std::to_string(uid * 7919 % 1'000'000) +
                      "P1234Q0R0123456789abcdef.mail.example.org,S=4321,W=4400:2,S";
    }
    return list;
}

void check(const base::Status& status)
{
    if (status)
        return;
    std::fprintf(stderr, "%s\n", status.error().text.c_str());
    std::exit(1);
}

/// What an idle session with this index would keep for itself.
void print_memory()
{
    std::ifstream rollup("/proc/self/smaps_rollup");
    for (std::string line; std::getline(rollup, line);) {
        if (line.starts_with("Private_Dirty") || line.starts_with("Rss"))
            std::printf("%s\n", line.c_str());
    }
}

void run(indexing::Index& index)
{
    using indexing::MessageView;
    using indexing::Write;
    const auto folder = index.write(
        [](Write& write) { return write.create_folder("INBOX", 1, 1, {}); });
    check(folder ? base::Status(base::Done{}) : base::Status(folder.error()));
    const std::uint32_t id = folder->id;
    const auto batch = records(folder->highest_modseq);
    measure("put_messages, 100,000", 1, [&] {
        check(index.write([&](Write& write) { return write.put_messages(id, batch); }));
    });
    std::uint64_t sum = 0;
    measure("for_each, 100,000", 20, [&] {
        index.read().for_each(
            id, 1, messages, [&](const MessageView& view) { sum += view.name.size(); });
    });
    measure("uids, 100,000", 1000, [&] { sum += index.read().uids(id).size(); });
    measure("read, nothing asked", 10'000, [&] { index.read(); });
    measure("folder by name", 10'000,
            [&] { sum += index.read().folder("INBOX")->messages; });
    measure("first_unseen", 10'000, [&] { sum += *index.read().first_unseen(id); });
    measure("uid_of and message", 10'000,
            [&] { sum += *index.read().uid_of(id, batch[77'777].view().base_name()); });
    const std::uint64_t before = index.read().folder(id)->highest_modseq;
    std::uint32_t uid = 1;
    measure("set_flags, a transaction each", 1000, [&] {
        check(index.write([&](Write& write) {
            return write.set_flags(id, {.uid = uid++ * 97,
                                        .flags = indexing::flag::seen,
                                        .modseq = write.next_modseq(id)});
        }));
    });
    measure("changed_since, 1,000 of 100,000", 100,
            [&] { sum += index.read().changed_since(id, before).size(); });
    base::NumberSet odd;
    for (std::uint32_t n = 1; n < 20'000; n += 2)
        odd.add(n);
    measure("expunge, 10,000", 1, [&] {
        check(index.write([&](Write& write) {
            return write.expunge(id, odd, write.next_modseq(id));
        }));
    });
    measure("vanished_since, 10,000 ranges", 100,
            [&] { sum += index.read().vanished_since(id, before).size(); });
    measure("uids, 10,000 ranges", 100, [&] { sum += index.read().uids(id).size(); });
    std::printf("%-44s %10llu\n", "(checksum)", static_cast<unsigned long long>(sum));
}

} // namespace

int main(int argc, char** argv)
{
    std::string directory = std::string(argc > 1 ? argv[1] : "/tmp") + "/index-XXXXXX";
    if (::mkdtemp(directory.data()) == nullptr) {
        std::perror(directory.c_str());
        return 1;
    }
    const base::SystemClock clock;
    {
        auto index = indexing::Index::open(directory, clock);
        if (!index) {
            std::fprintf(stderr, "%s\n", index.error().text.c_str());
            return 1;
        }
        run(*index);
        ::malloc_trim(0);
        print_memory();
    }
    measure("open and close", 1000,
            [&] { static_cast<void>(indexing::Index::open(directory, clock)); });
    ::unlink((directory + '/' + std::string(indexing::file_name)).c_str());
    ::rmdir(directory.c_str());
    return 0;
}
