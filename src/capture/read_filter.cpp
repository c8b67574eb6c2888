#include "capture/read_filter.hpp"

#include <pcap/pcap.h>

#include <bit>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include "base/build_info.hpp"
#include "base/late_library.hpp"
#include "capture/printable.hpp"
#include "flowloom/capture.hpp"

namespace flowloom {
namespace {

/// What is used of libpcap.
struct Pcap {
  decltype(&::pcap_fopen_offline) fopen_offline = nullptr;
  decltype(&::pcap_close) close = nullptr;
  decltype(&::pcap_compile) compile = nullptr;
  decltype(&::pcap_freecode) freecode = nullptr;
  decltype(&::pcap_geterr) geterr = nullptr;
  decltype(&::pcap_offline_filter) offline_filter = nullptr;
};

Result<Pcap> load_pcap() {
  Pcap pcap;
  LateLibrary library(kLibpcap, "a read filter");
  library.find("pcap_fopen_offline", pcap.fopen_offline)
      .find("pcap_close", pcap.close)
      .find("pcap_compile", pcap.compile)
      .find("pcap_freecode", pcap.freecode)
      .find("pcap_geterr", pcap.geterr)
      .find("pcap_offline_filter", pcap.offline_filter);
  if (library.failure()) return *library.failure();
  return pcap;
}

const Result<Pcap>& loaded_pcap() {
  static const Result<Pcap> kPcap = load_pcap();
  return kPcap;
}

/// Pre: it is there, as whoever has a ReadFilter knows.
const Pcap& libpcap() { return *loaded_pcap(); }

struct ClosePcap {
  void operator()(pcap_t* pcap) const { libpcap().close(pcap); }
};

/// What libpcap opens for an empty capture of a link type; null if it does not know that. Going by a file
/// leaves to libpcap how the files' link types are numbered on this platform, which pcap_open_dead() would
/// ask of us.
std::unique_ptr<pcap_t, ClosePcap> open_empty(LinkType type) {
  std::uint32_t header[] = {0xa1b2c3d4, 0, 0, 0, 262144, type};
  const std::uint16_t version[] = {2, 4};
  header[1] = std::bit_cast<std::uint32_t>(version);
  std::FILE* file = ::fmemopen(header, sizeof header, "r");
  if (file == nullptr) return nullptr;
  char message[PCAP_ERRBUF_SIZE];
  pcap_t* pcap = libpcap().fopen_offline(file, message);  // reads the header now, closes the file at its end
  if (pcap == nullptr) std::fclose(file);
  return std::unique_ptr<pcap_t, ClosePcap>(pcap);
}

/// A filter for one link type, or why there is none.
struct Program {
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() { libpcap().freecode(&code); }

  bpf_program code{};
  std::optional<std::string> failure;
};

void compile_for(LinkType type, const std::string& expression, Program& program) {
  const auto pcap = open_empty(type);
  if (pcap == nullptr) {
    program.failure = "libpcap does not know the link type";
    return;
  }
  // The optimiser refuses what can match no packet of this link type ("ip6" on LINKTYPE_IPV4). Here that is
  // no mistake, it just matches none.
  for (const int optimize : {1, 0}) {
    if (libpcap().compile(pcap.get(), &program.code, expression.c_str(), optimize, PCAP_NETMASK_UNKNOWN) ==
        0) {
      program.failure.reset();
      return;
    }
    program.failure = printable(libpcap().geterr(pcap.get()));
  }
}

// Ethernet first: what it says is reported. The others have words of their own (wlan, pf, mtp, atm, lapd).
constexpr LinkType kTried[] = {1, 105, 127, 101, 113, 9, 117, 139, 123, 177, 239};

Error refused(const std::string& expression, const std::string& why) {
  return Error{ErrorCode::usage, why, "filter \"" + printable(expression) + "\""};
}

}  // namespace

struct ReadFilter::State {
  const Pcap& pcap = libpcap();
  std::string expression;
  std::map<LinkType, Program> programs;
  LinkType last_type = 0;  // of the packet before; `last` is for it
  const Program* last = nullptr;

  const Program& program_for(LinkType type) {
    if (last == nullptr || last_type != type) {
      const auto [entry, is_new] = programs.try_emplace(type);
      if (is_new) compile_for(type, expression, entry->second);
      last_type = type;
      last = &entry->second;
    }
    return *last;
  }
};

ReadFilter::ReadFilter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ReadFilter::ReadFilter(ReadFilter&&) noexcept = default;
ReadFilter& ReadFilter::operator=(ReadFilter&&) noexcept = default;
ReadFilter::~ReadFilter() = default;

Result<ReadFilter> ReadFilter::compile(std::string expression) {
  // libpcap would take it as the end.
  if (expression.find('\0') != std::string::npos) return refused(expression, "it holds a NUL");
  if (!loaded_pcap()) return loaded_pcap().error();
  std::optional<std::string> failure;
  for (const LinkType type : kTried) {
    Program trial;
    compile_for(type, expression, trial);
    if (!trial.failure) {
      auto state = std::make_unique<State>();
      state->expression = std::move(expression);
      return ReadFilter(std::move(state));
    }
    if (!failure) failure = std::move(trial.failure);
  }
  return refused(expression, *failure);
}

Result<bool> ReadFilter::matches(const RawPacket& packet) {
  const Program& program = state_->program_for(packet.link_type);
  if (program.failure) [[unlikely]] {
    return refused(state_->expression,
                   "not possible on link type " + link_type_name(packet.link_type) + ": " + *program.failure);
  }
  pcap_pkthdr header{};
  header.caplen = static_cast<bpf_u_int32>(packet.bytes.size());
  header.len = packet.original_length;
  return state_->pcap.offline_filter(&program.code, &header, packet.bytes.data()) != 0;
}

}  // namespace flowloom
