namespace Wirepath.Bench;

/// <summary>One figure of a sample: a column of the table. The first of a part is the one that ratios are made of.</summary>
/// <param name="Key">In JSON.</param>
/// <param name="Title">Head of the column.</param>
/// <param name="Format">.NET number format.</param>
internal sealed record Figure(string Key, string Title, string Format);

/// <summary>Ratios to the row <paramref name="Row"/>, each taken within one round: a column of the table.</summary>
internal sealed record Reference(string Row, string Title);

/// <summary>A row of the table: something that can be measured again and again.</summary>
/// <param name="Key">In JSON, and for <see cref="Reference"/>.</param>
/// <param name="Title">What a person reads.</param>
/// <param name="Measure">Takes one sample: a value for each <see cref="Figure"/>, NaN where there is none.</param>
internal sealed record Row(string Key, string Title, Func<SampleTime, double[]> Measure)
{
    /// <summary>Has a thread of ours to profile; false for the kernel with itself.</summary>
    public bool IsOurs { get; init; } = true;

    /// <summary>The row that this one is to be held against; null: none.</summary>
    public Yardstick? Yardstick { get; init; }
}

/// <param name="Row">Whose first figure this row's is divided by, within each round.</param>
/// <param name="Goal">What the ratio should reach; NaN: nothing is demanded.</param>
internal sealed record Yardstick(string Row, double Goal);

/// <summary>How long a sample is to take.</summary>
/// <param name="WarmUp">Before the figures count: connecting, slow start, compilation.</param>
/// <param name="Measured">While they count.</param>
/// <param name="Stop">Ends the wait.</param>
internal readonly record struct SampleTime(TimeSpan WarmUp, TimeSpan Measured, CancellationToken Stop)
{
    /// <summary>Waits without using the processor.</summary>
    /// <exception cref="OperationCanceledException">The run was interrupted.</exception>
    public void Wait(TimeSpan time)
    {
        Stop.WaitHandle.WaitOne(time);
        Stop.ThrowIfCancellationRequested();
    }
}

/// <summary>A part of the table: rows that are measured in turns, because figures are comparable only within one run.</summary>
internal interface IPart
{
    /// <summary>On the command line.</summary>
    string Name { get; }

    /// <summary>In JSON: parts that one name stands for differ by it.</summary>
    string Key => Name;

    string Title { get; }

    IReadOnlyList<Figure> Figures { get; }

    IReadOnlyList<Reference> References { get; }

    /// <summary>Why it cannot be measured here (one sentence); null when it can.</summary>
    string? Unavailable { get; }

    /// <summary>Measured only when it is named: it takes minutes, and what it measures is not this machine.</summary>
    bool IsOnDemand => false;

    /// <summary>A sample is not taken for less, whatever <c>--seconds</c> says.</summary>
    TimeSpan LeastSampleTime => TimeSpan.Zero;

    /// <summary>Sets up what the rows need; disposing of it takes all of it down again.</summary>
    IBench Open();
}

internal interface IBench : IDisposable
{
    IReadOnlyList<Row> Rows { get; }
}
