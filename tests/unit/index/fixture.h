// SPDX-License-Identifier: ISC
/// \file
/// What the tests of the index share: a place on the disk, a clock that stands
/// still, other processes.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <ftw.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/clock.h"
#include "index/index.h"

namespace {

/// What went wrong, for the report.
template <class T>
std::string why(const base::Result<T>& result)
{
    return result.has_value() ? "" : result.error().text;
}

/// A directory of its own, gone with all its files at the end of the test.
class TemporaryDirectory {
public:
    TemporaryDirectory()
    {
        char name[] = "/tmp/index-test-XXXXXX";
        BOOST_REQUIRE(::mkdtemp(name) != nullptr);
        path_ = name;
    }
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory()
    {
        ::nftw(
            path_.c_str(),
            [](const char* path, const struct stat*, int, struct FTW*) {
                return ::remove(path);
            },
            8, FTW_DEPTH | FTW_PHYS);
    }
    const std::string& path() const { return path_; }
    std::string file() const { return path_ + '/' + std::string(indexing::file_name); }
    std::string aside() const
    {
        return path_ + '/' + std::string(indexing::damaged_name);
    }

private:
    std::string path_;
};

class StillClock final : public base::Clock {
public:
    std::int64_t now_us = 1'800'000'000'000'000;
    std::int64_t wall_us() const override { return now_us; }
    std::int64_t steady_us() const override { return now_us; }
};

/// Runs `work` in a process that ends without running any destructor, as a killed
/// one does, and gives its status as wait(2) does.
[[maybe_unused]] int in_child(const std::function<void()>& work)
{
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            work();
        } catch (...) {
            ::_exit(9);
        }
        ::_exit(0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

/// An index that must open.
[[maybe_unused]] indexing::Index opened(const TemporaryDirectory& directory,
                                        const base::Clock& clock,
                                        const indexing::Options& options = {})
{
    auto index = indexing::Index::open(directory.path(), clock, options);
    BOOST_REQUIRE_MESSAGE(index.has_value(), why(index));
    return std::move(*index);
}

[[maybe_unused]] indexing::MessageRecord
message(std::uint32_t uid, const std::string& base, std::uint64_t modseq = 1)
{
    indexing::MessageRecord record;
    record.uid = uid;
    record.name = base + ":2,";
    record.place = indexing::Place::Cur;
    record.modseq = modseq;
    record.octets = 1000 + uid;
    return record;
}

/// A folder with `count` messages, in one transaction.
[[maybe_unused]] void fill(indexing::Index& index, const std::string& name,
                           std::uint32_t count)
{
    const auto done = index.write([&](indexing::Write& write) -> base::Status {
        const auto folder = write.create_folder(name, 1, 1, {});
        if (!folder)
            return folder.error();
        std::vector<indexing::MessageRecord> batch;
        for (std::uint32_t uid = 1; uid <= count; ++uid)
            batch.push_back(message(uid, "1700000000.M" + std::to_string(uid) + ".host",
                                    folder->highest_modseq));
        return write.put_messages(folder->id, batch);
    });
    BOOST_REQUIRE_MESSAGE(done.has_value(), why(done));
}

} // namespace
