// SPDX-License-Identifier: ISC
#include "index/record.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace indexing {

static_assert(std::endian::native == std::endian::little,
              "pack() and unpack() copy numbers as they are");

namespace {

/// Puts numbers one after the other.
class Packer {
public:
    explicit Packer(std::size_t size) { packed_.reserve(size); }
    template <class Number>
    void put(Number number)
    {
        static_assert(std::is_integral_v<Number>);
        packed_.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    void put(const Stamp& stamp)
    {
        put(stamp.device);
        put(stamp.inode);
        put(stamp.size);
        put(stamp.mtime_ns);
    }
    void put(std::string_view bytes) { packed_.append(bytes); }
    std::string take() { return std::move(packed_); }

private:
    std::string packed_;
};

/// Takes them off again. The caller has made sure that they are there.
class Unpacker {
public:
    explicit Unpacker(std::string_view packed) : rest_(packed) {}
    template <class Number>
    void get(Number& number)
    {
        static_assert(std::is_integral_v<Number>);
        std::memcpy(&number, rest_.data(), sizeof number);
        rest_.remove_prefix(sizeof number);
    }
    void get(Stamp& stamp)
    {
        get(stamp.device);
        get(stamp.inode);
        get(stamp.size);
        get(stamp.mtime_ns);
    }
    std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

constexpr std::size_t folder_octets =
    4 + 8 + 4 + 4 + 4 + 16 + 8 + 8 + 4 + 4 + 4 + 4 + 8 + 4 * 32 + 1;
constexpr std::size_t message_octets = 1 + 1 + 2 + 4 + 8 + 8 + 8 + 8 + 8;

} // namespace

MessageRecord::MessageRecord(const MessageView& view)
    : uid(view.uid), flags(view.flags), place(view.place),
      base_octets(view.base_octets), keywords(view.keywords), modseq(view.modseq),
      octets(view.octets), wire_octets(view.wire_octets),
      internal_date(view.internal_date), saved_date(view.saved_date), name(view.name)
{
}

MessageView MessageRecord::view() const
{
    MessageView view;
    view.uid = uid;
    view.flags = flags;
    view.place = place;
    view.base_octets = base_octets;
    if (base_octets == 0 || base_octets > name.size())
        view.base_octets =
            static_cast<std::uint16_t>(std::min(name.find(':'), name.size()));
    view.keywords = keywords;
    view.modseq = modseq;
    view.octets = octets;
    view.wire_octets = wire_octets;
    view.internal_date = internal_date;
    view.saved_date = saved_date;
    view.name = name;
    return view;
}

std::string pack(const FolderRecord& record, std::string_view name)
{
    Packer out(folder_octets + name.size());
    out.put(record.id);
    out.put(record.generation);
    out.put(record.uid_validity);
    out.put(record.uid_next);
    out.put(record.first_recent);
    for (const std::uint8_t octet : record.guid)
        out.put(octet);
    out.put(record.highest_modseq);
    out.put(record.vanished_floor);
    out.put(record.vanished_ranges);
    out.put(record.messages);
    out.put(record.unseen);
    out.put(record.deleted);
    out.put(record.octets);
    out.put(record.new_dir);
    out.put(record.cur_dir);
    out.put(record.uidlist);
    out.put(record.keywords);
    out.put(static_cast<std::uint8_t>(record.is_complete));
    out.put(name);
    return out.take();
}

bool unpack(std::string_view packed, NamedFolder& folder)
{
    if (packed.size() <= folder_octets)
        return false;
    FolderRecord& record = folder.record;
    Unpacker in(packed);
    in.get(record.id);
    in.get(record.generation);
    in.get(record.uid_validity);
    in.get(record.uid_next);
    in.get(record.first_recent);
    for (std::uint8_t& octet : record.guid)
        in.get(octet);
    in.get(record.highest_modseq);
    in.get(record.vanished_floor);
    in.get(record.vanished_ranges);
    in.get(record.messages);
    in.get(record.unseen);
    in.get(record.deleted);
    in.get(record.octets);
    in.get(record.new_dir);
    in.get(record.cur_dir);
    in.get(record.uidlist);
    in.get(record.keywords);
    std::uint8_t is_complete = 0;
    in.get(is_complete);
    record.is_complete = is_complete == 1;
    folder.name = in.rest();
    return is_complete <= 1;
}

std::string pack(const MessageView& message)
{
    Packer out(message_octets + message.name.size());
    out.put(message.flags);
    out.put(static_cast<std::uint8_t>(message.place));
    out.put(message.base_octets);
    out.put(message.keywords);
    out.put(message.modseq);
    out.put(message.octets);
    out.put(message.wire_octets);
    out.put(message.internal_date);
    out.put(message.saved_date);
    out.put(message.name);
    return out.take();
}

bool unpack(std::string_view packed, MessageView& message)
{
    if (packed.size() < message_octets)
        return false;
    std::uint8_t place = 0;
    Unpacker in(packed);
    in.get(message.flags);
    in.get(place);
    in.get(message.base_octets);
    in.get(message.keywords);
    in.get(message.modseq);
    in.get(message.octets);
    in.get(message.wire_octets);
    in.get(message.internal_date);
    in.get(message.saved_date);
    message.place = static_cast<Place>(place);
    message.name = in.rest();
    return place <= 1 && message.base_octets <= message.name.size();
}

} // namespace indexing
