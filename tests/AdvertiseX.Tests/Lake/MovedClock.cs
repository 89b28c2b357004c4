namespace AdvertiseX.Tests.Lake;

/// <summary>A clock that runs ahead by a settable time.</summary>
internal sealed class MovedClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
