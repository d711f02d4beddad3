namespace Wirepath.Url;

/// <summary>UTS 46, section 4.1, "Validity criteria", on labels in Unicode.</summary>
internal static class LabelRules
{
    private const int ZeroWidthNonJoiner = 0x200C, ZeroWidthJoiner = 0x200D;

    /// <summary>All criteria but the Bidi rule, which needs to know the whole domain.</summary>
    public static IdnaProblem Check(ReadOnlySpan<int> label, int number, IdnaOptions options, bool decoded)
    {
        if (label.IsEmpty)
            return default;
        if (decoded && !Nfc.IsNormalized(label))
            return new IdnaProblem(IdnaError.NotNormalized, number);
        if (options.CheckHyphens && (label[0] == '-' || label[^1] == '-' || label is [_, _, '-', '-', ..]))
            return new IdnaProblem(IdnaError.Hyphen, number, '-');
        if (!options.CheckHyphens && decoded && label is ['x', 'n', '-', '-', ..])
            return new IdnaProblem(IdnaError.Punycode, number);
        if (UnicodeLookup.Properties(label[0]).IsMark)
            return new IdnaProblem(IdnaError.LeadingMark, number, label[0]);
        for (int i = 0; i < label.Length; i++)
        {
            int c = label[i];
            IdnaStatus status = UnicodeLookup.Properties(c).Status;
            bool allowed = c == '.' ? !decoded : status == IdnaStatus.Valid || (status == IdnaStatus.Deviation && !options.TransitionalProcessing);
            if (!allowed)
                return new IdnaProblem(IdnaError.Disallowed, number, c);
            if (options.UseStd3AsciiRules && c < 0x80 && c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-'))
                return new IdnaProblem(IdnaError.ForbiddenAscii, number, c);
            if (options.CheckJoiners && c is ZeroWidthNonJoiner or ZeroWidthJoiner && !MayJoin(label, i))
                return new IdnaProblem(IdnaError.Joiner, number, c);
        }

        return default;
    }

    /// <summary>Whether the label makes its domain a "Bidi domain name" (RFC 5893, section 1.4).</summary>
    public static bool IsRightToLeft(ReadOnlySpan<int> label)
    {
        foreach (int c in label)
        {
            if (c >= 0x590 && UnicodeLookup.Properties(c).Bidi is BidiClass.R or BidiClass.AL or BidiClass.AN)
                return true;
        }

        return false;
    }

    /// <summary>RFC 5893, section 2, on each label of a Bidi domain name.</summary>
    public static IdnaProblem Bidi(ReadOnlySpan<int> labels)
    {
        for (int number = 0; ; number++)
        {
            int dot = labels.IndexOf('.');
            if (!KeepsBidiRule(dot < 0 ? labels : labels[..dot]))
                return new IdnaProblem(IdnaError.Bidi, number);
            if (dot < 0)
                return default;
            labels = labels[(dot + 1)..];
        }
    }

    private static bool KeepsBidiRule(ReadOnlySpan<int> label)
    {
        if (label.IsEmpty)
            return true;
        // Rule 1: it begins with a letter, which gives its direction.
        BidiClass first = UnicodeLookup.Properties(label[0]).Bidi;
        if (first is not (BidiClass.L or BidiClass.R or BidiClass.AL))
            return false;

        bool european = false, arabic = false;
        BidiClass last = first;
        foreach (int c in label)
        {
            BidiClass bidi = UnicodeLookup.Properties(c).Bidi;
            if (bidi is BidiClass.Other)
                return false;
            // Rules 2 and 5: what may stand in it.
            if (first == BidiClass.L ? bidi is BidiClass.R or BidiClass.AL or BidiClass.AN : bidi is BidiClass.L)
                return false;
            european |= bidi == BidiClass.EN;
            arabic |= bidi == BidiClass.AN;
            if (bidi != BidiClass.NSM)
                last = bidi;
        }

        // Rules 3, 4 and 6: how it ends, and that digits are of one kind.
        return first == BidiClass.L
            ? last is BidiClass.L or BidiClass.EN
            : last is BidiClass.R or BidiClass.AL or BidiClass.EN or BidiClass.AN && !(european && arabic);
    }

    /// <summary>RFC 5892, appendices A.1 and A.2.</summary>
    private static bool MayJoin(ReadOnlySpan<int> label, int at)
    {
        if (at > 0 && UnicodeLookup.Properties(label[at - 1]).CombiningClass == UnicodeProperties.Virama)
            return true;
        if (label[at] == ZeroWidthJoiner)
            return false;
        int before = at - 1, after = at + 1;
        while (before >= 0 && UnicodeLookup.Properties(label[before]).Joining == JoiningType.T)
            before--;
        while (after < label.Length && UnicodeLookup.Properties(label[after]).Joining == JoiningType.T)
            after++;
        return before >= 0 && UnicodeLookup.Properties(label[before]).Joining is JoiningType.L or JoiningType.D
            && after < label.Length && UnicodeLookup.Properties(label[after]).Joining is JoiningType.R or JoiningType.D;
    }
}
