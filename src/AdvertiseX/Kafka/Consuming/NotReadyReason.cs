namespace AdvertiseX.Kafka.Consuming;

/// <summary>Why a worker is not ready.</summary>
/// <param name="Code">What programs call it: outage, not_a_member, no_commits, not_reading or stopping.</param>
/// <param name="Text">One line for people.</param>
/// <param name="Part">What fails, of an outage; else null.</param>
internal sealed record NotReadyReason(string Code, string Text, string? Part = null);
