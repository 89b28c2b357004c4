namespace AdvertiseX.IntegrationTests;

/// <summary>A process ended by a signal: 128 and the signal's number, as .NET and shells say it.</summary>
internal sealed class EndedBySignalException(string message) : Exception(message);
