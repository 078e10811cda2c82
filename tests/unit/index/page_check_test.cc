// SPDX-License-Identifier: ISC
#include "index/page_check.h"

#include <random>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/unique_fd.h"
#include "fixture.h"

namespace {

using indexing::Index;
using indexing::Write;

const indexing::Options this_boot = {.boot_id = "this"};

std::string content_of(const std::string& path)
{
    const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat about = {};
    BOOST_REQUIRE(::fstat(file.get(), &about) == 0);
    std::string content(static_cast<std::size_t>(about.st_size), '\0');
    BOOST_REQUIRE(::pread(file.get(), content.data(), content.size(), 0) ==
                  static_cast<ssize_t>(content.size()));
    return content;
}

void put_content(const std::string& path, const std::string& content)
{
    const base::UniqueFd file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    BOOST_REQUIRE(::write(file.get(), content.data(), content.size()) ==
                  static_cast<ssize_t>(content.size()));
}

/// Everything that a session does to an index.
void use(Index& index)
{
    try {
        {
            const auto read = index.read();
            std::size_t octets = 0;
            for (const auto& folder : read.folders()) {
                const std::uint32_t id = folder.record.id;
                read.for_each(id, 1, ~0U, [&](const indexing::MessageView& message) {
                    octets += message.name.size();
                    const auto blob =
                        read.cached(id, message.uid, indexing::Kind::Envelope);
                    octets += blob ? std::string(*blob).size() : 0;
                    static_cast<void>(read.uid_of(id, message.base_name()));
                });
                octets += read.uids(id).size() + read.unseen(id).size();
                octets += read.changed_since(id, 0).size();
                octets += read.vanished_since(id, ~0ULL >> 1).size();
            }
        }
        static_cast<void>(index.write([](Write& write) {
            base::NumberSet all;
            all.add(1, 400);
            for (const auto& folder : write.folders())
                static_cast<void>(write.expunge(folder.record.id, all,
                                                write.next_modseq(folder.record.id)));
            static_cast<void>(write.create_folder("another", 1, 1, {}));
        }));
        static_cast<void>(index.write([](Write& write) {
            for (const auto& folder : write.folders())
                static_cast<void>(write.drop_folder(folder.name));
        }));
    } catch (const indexing::Failed&) {
        // It was found out: as good as it gets.
    }
}

/// A used index with all kinds of pages, as a killed session leaves it.
struct Sample {
    Sample()
    {
        const int status = in_child([this] {
            auto index = Index::open(directory.path(), clock, this_boot);
            fill(*index, "INBOX", 1000);
            fill(*index, "Sent", 300);
            const std::string large(10'000, 'e');
            static_cast<void>(index->write([&](Write& write) {
                for (std::uint32_t uid = 1; uid <= 200; ++uid)
                    write.put_cached(1, uid, indexing::Kind::Envelope,
                                     std::string_view(large).substr(0, uid * 50));
            }));
            static_cast<void>(index->write([](Write& write) {
                return write.expunge(1, {3, 5, 7, 100, 101}, write.next_modseq(1));
            }));
        });
        BOOST_REQUIRE(status == 0);
        content = content_of(directory.file());
    }
    TemporaryDirectory directory;
    StillClock clock;
    std::string content;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(page_check, Sample)

BOOST_AUTO_TEST_CASE(finds_nothing_wrong_with_a_good_file)
{
    const base::UniqueFd file(::open(directory.file().c_str(), O_RDONLY | O_CLOEXEC));
    BOOST_TEST(indexing::pages_are_sound(file.get(), content.size()));
    BOOST_TEST(!indexing::pages_are_sound(file.get(), 8192));
    BOOST_TEST(!indexing::pages_are_sound(file.get(), 0));
}

BOOST_AUTO_TEST_CASE(garbage_anywhere_kills_nobody)
{
    std::mt19937 random(11);
    int set_aside = 0;
    for (int round = 0; round < 150; ++round) {
        std::string damaged = content;
        // At the begin of a page, where it hurts most, or anywhere.
        std::size_t at = random() % damaged.size();
        if (round % 2 == 0)
            at -= at % 4096;
        const std::size_t octets = round % 3 == 0 ? 4096 : 1 + random() % 24;
        for (std::size_t i = at; i < std::min(at + octets, damaged.size()); ++i)
            damaged[i] = static_cast<char>(random());
        put_content(directory.file(), damaged);
        const int status = in_child([&] {
            auto index = Index::open(directory.path(), clock, this_boot);
            if (!index)
                ::_exit(2);
            const bool emptied = !index->emptied_because().empty();
            use(*index);
            ::_exit(emptied ? 1 : 0);
        });
        BOOST_TEST_CONTEXT("round " << round << " offset " << at << '+' << octets)
        BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) <= 1));
        set_aside += WIFEXITED(status) && WEXITSTATUS(status) == 1;
    }
    BOOST_TEST(set_aside > 40);
}

BOOST_AUTO_TEST_SUITE_END()
