// SPDX-License-Identifier: ISC
#include "deliver/store.h"

#include <array>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "io/file.h"
#include "maildir/delivery.h"

namespace deliver {
namespace {

/// Everything that `input` gives, through the filter, into `delivery`.
base::Status copy(int input, HeaderFilter& filter, maildir::Delivery& delivery)
{
    std::array<char, 65536> buffer;
    for (;;) {
        const auto n = io::read(input, buffer);
        if (!n)
            return n.error();
        if (*n == 0)
            return delivery.write(filter.finish());
        if (auto done = delivery.write(filter.pass({buffer.data(), *n})); !done)
            return done;
    }
}

base::Error writer_died()
{
    return {base::Errc::Gone, "the process that started us died: the message may be "
                              "incomplete"};
}

} // namespace

base::Result<Stored> store(int input, const maildir::Folder& folder, TraceFields fields,
                           const Parent& writer)
{
    const base::SystemClock clock;
    base::SystemRandom random;
    auto delivery =
        maildir::Delivery::begin(folder, clock, random, maildir::host_name());
    if (!delivery)
        return delivery.error();

    HeaderFilter filter(std::move(fields));
    if (auto done = copy(input, filter, *delivery); !done)
        return done.error();
    if (filter.empty())
        return base::Error{base::Errc::Gone, "the message is empty"};
    if (writer.has_died())
        return writer_died();

    using maildir::Durability;
    if (auto done = delivery->prepare(Durability::Full); !done)
        return done.error();
    // Once more: a process that dies closes its pipe first and hands its children
    // over to another parent later, and the sync was time enough for that.
    if (writer.has_died())
        return writer_died();

    Stored stored{delivery->file_name(maildir::Where::New), delivery->size(), {}};
    begin_publishing();
    auto published = delivery->publish(Durability::Full, maildir::Where::New);
    if (!published && !delivery->is_published())
        return published.error();
    end_publishing();
    if (!published)
        stored.unsynced = published.error();
    return stored;
}

} // namespace deliver
