namespace AdvertiseX.Ingestion;

/// <summary>Another process took the same part of a stream; what it committed stands, and nothing of ours
/// was.</summary>
internal sealed class StreamTakenException(string stream, long from, long recorded)
    : Exception($"{stream}: another process ingests it: we read from {from}, the ledger stands at {recorded}");
