namespace AdvertiseX.Configuration;

/// <summary>Holds options that were made in code to the ranges that hold for a configuration file.</summary>
internal static class OptionCheck
{
    /// <summary>Checks every option of a record and of the records inside it.</summary>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A value is not allowed; the message names the option, the value
    /// and what is allowed.</exception>
    public static T Require<T>(T options)
        where T : IEquatable<T>, new()
    {
        // Defaults are allowed, and most programs start with them: they need no reflection, which is most of a check's
        // time.
        if (!options.Equals(new T()))
            RequireEach(options);
        return options;
    }

    /// <summary>As <see cref="Require{T}"/>, for options that have no default.</summary>
    public static void RequireEach(object options)
    {
        foreach (var option in OptionDescription.Of(options.GetType()))
        {
            if (option.Read(options) is { } value && !option.Allows(value))
                throw new ArgumentOutOfRangeException(paramName: null, option.Complaint(value));
        }
    }
}
