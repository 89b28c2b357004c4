namespace AdvertiseX.Lake.Storage;

/// <summary>
/// Named moments of a commit, so that crash tests can end the process between any two of its steps. Nothing happens in
/// use.
/// </summary>
internal static class FaultPoint
{
    /// <summary>Called with the step's name right after it; null outside crash tests.</summary>
    public static Action<string>? Reached { get; set; }

    public static void Reach(string step) => Reached?.Invoke(step);
}
