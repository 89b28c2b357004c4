using AdvertiseX.Events;

namespace AdvertiseX.Ingestion;

/// <summary>A row that turned out to conflict with an event known before; its bytes are read again to be
/// kept.</summary>
internal sealed record ConflictingRecord(Position At, EventKind Kind, string EventId);
